"""`{{ outputs.train.model }}` at the run: another task's result, or why it is missing.

The factory compiles it to `result_of`.
"""

from __future__ import annotations

from typing import Any

import jinja2

from include.runtime.values import decoded

_WHY = {
    "skipped": "was skipped",
    "failed": "failed",
    "upstream_failed": "did not run, as a task before it failed",
    "removed": "is no longer in the DAG",
    "success": "returned nothing",
}
"""Why a task has no result, by its state."""


class SkippedError(jinja2.UndefinedError):
    """The result of a task that was skipped is asked for."""


class _Missing(jinja2.ChainableUndefined, jinja2.StrictUndefined):
    """What is not there, as a deeper path into it: nothing can be done with it, save `default` and `is defined`."""


def result_of(ti: Any, task_id: str, *keys: str) -> Any:
    """Return the result of a task of the same run, or a part of it.

    Args:
        ti: the running task instance.
        task_id: the other task's full id.
        *keys: the path into its result.

    Returns:
        The value as its task returned it; of a mapped task the list of what its instances returned, without those that
        returned nothing or were skipped; None if a task returned nothing and the whole is asked for; Jinja's undefined,
        which says why, if the task has no result or the result has no such key.
    """
    name = ".".join(["outputs", task_id.rpartition(".")[2], *keys])
    if ti.task.dag.get_task(task_id).is_mapped:
        # Of a task without any result Airflow gives a None.
        found: Any = [one for one in decoded(list(ti.xcom_pull(task_ids=[task_id]))) if one is not None]
        if not found and (states := _states(ti, task_id) - {"success", "skipped"}):
            return _missing(name, f"the task `{task_id}` {_why(min(states))}")
    else:
        # Without an index Airflow gives an empty list for a task without a result.
        found = decoded(ti.xcom_pull(task_ids=task_id, map_indexes=-1))
    if found is None:
        state = min(_states(ti, task_id), default="")
        if state == "success" and not keys:
            return None
        error = SkippedError if state == "skipped" else jinja2.UndefinedError
        return _missing(name, f"the task `{task_id}` {_why(state)}", error)
    for key in keys:
        try:
            found = found[key]
        except (LookupError, TypeError):
            has = (
                f"has only {', '.join(map(str, found)) or 'nothing'}"
                if isinstance(found, dict)
                else f"is a {type(found).__name__}"
            )
            return _missing(name, f"what `{task_id}` returned has no `{key}`; it {has}")
    return found


def _missing(name: str, why: str, error: type[jinja2.UndefinedError] = jinja2.UndefinedError) -> _Missing:
    return _Missing(f"`{name}` is not there: {why}. Write `| default(…)` after it to go on without it.", exc=error)


def _why(state: str) -> str:
    return _WHY.get(state, f"has no result ({state or 'no state'})")


def _states(ti: Any, task_id: str) -> set[str]:
    """Return the states of a task, of all instances if it is mapped."""
    states = ti.get_task_states(dag_id=ti.dag_id, task_ids=[task_id], run_ids=[ti.run_id]).get(ti.run_id, {})
    return {str(getattr(state, "value", state)) for state in states.values() if state is not None}
