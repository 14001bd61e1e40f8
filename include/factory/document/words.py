"""Where a misplaced key belongs, and what other tools and older Airflows call what the format has."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from include.factory.airflow_arguments import NOT_IN_DEFAULT_ARGS, OF_DAG, OF_TASK, ONE_TASK
from include.factory.diagnostics import KeyPath, did_you_mean
from include.factory.targets import TARGETS

NAMES: Mapping[str, Mapping[str, str]] = {
    "top": {
        "dag_id": "The pipeline's name is its DAG's id: write `pipeline: <name>`.",
        "name": "Write `pipeline: <name>`.",
        "task_groups": "A task says which group it is in: write `group: <name>` in each of its tasks.",
        "doc_md": "Put it under `dag`.",
        "schedule_interval": "Airflow 3 calls it `schedule`; put that under `dag`.",
        **dict.fromkeys(
            ("prices", "loaders"),
            "Put it into `configs/defaults.yaml` or an environment's file: all pipelines have the same.",
        ),
    },
    "dag": {
        **OF_DAG,
        "concurrency": "Airflow 3 calls it `max_active_tasks`.",
        "schedule_interval": "Airflow 3 calls it `schedule`.",
        "timetable": "Write it as `schedule: {__type__: …}`.",
        "default_view": "Airflow 3 has no such argument: each user chooses the view. Remove it.",
        "orientation": "Airflow 3 has no such argument: each user chooses the view. Remove it.",
        "full_filepath": "Airflow 3 has no such argument. Remove it.",
        "fail_stop": "Airflow 3 calls it `fail_fast`.",
        "doc_md_file_path": "Write the text under `doc_md`.",
        "task_groups": "A task says which group it is in: write `group: <name>` in each of its tasks.",
    },
    "default_args": {
        **OF_TASK,
        **NOT_IN_DEFAULT_ARGS,
        **dict.fromkeys(("group", "run_if", "branches", "setup", "teardown_of", "dependencies"), ONE_TASK),
        "task_concurrency": "Airflow 3 calls it `max_active_tis_per_dag`.",
    },
    "task": {
        **OF_TASK,
        "depends_on": "Write `dependencies`.",
        "upstream": "Write `dependencies`.",
        "dependency": "Write `dependencies`.",
        "requires": "Write `dependencies`.",
        "after": "Write `dependencies`.",
        "needs": "Write `dependencies`.",
        **dict.fromkeys(("if", "when", "condition", "only_if"), 'Write `run_if: "{{ … }}"`.'),
        **dict.fromkeys(("branch", "choices", "follow_task_ids"), "Write `branches: [<tasks>]`."),
        "skip_if": 'Write `run_if: "{{ not … }}"`.',
        "args": "Write `op_kwargs: {name: value}`.",
        "kwargs": "Write `op_kwargs`.",
        "op_args": "Write `op_kwargs: {name: value}`: arguments go by name.",
        "function": "Write `python_callable`.",
        "callable": "Write `python_callable`.",
        "query": "Write `sql`.",
        "script": "Write `sql`, or the `operator` that runs it.",
        "bash_command": "Write `operator: airflow.providers.standard.operators.bash.BashOperator` beside it.",
        "conn_id": "Write `snowflake: {connection: …}`.",
        "snowflake_conn_id": "Write `snowflake: {connection: …}`.",
        "connection": "Write `snowflake: {connection: …}`.",
        "partial": "What all instances share is `op_kwargs` of a function, `parameters` of SQL.",
        **dict.fromkeys(("task_group_name", "group_id", "groups"), "Write `group: <name>`."),
        "teardown": "Write `teardown_of: [<setup tasks>]`.",
        "setups": "Write `teardown_of: [<setup tasks>]`.",
        "timeout": "Write `execution_timeout`.",
        "name": "The task's key is its name; what Airflow's pages call it is `task_display_name`.",
        "description": "Write `doc_md`.",
        **{key: hint for target in TARGETS.values() for key, hint in target.misnamed_in_task.items()},
    },
    **{target.name: target.misnamed for target in TARGETS.values()},
    "container": {
        "entrypoint": "Write `command`.",
        "cmd": "Write `command`, or `args` for the arguments alone.",
        "cmds": "Write `command`.",
        "arguments": "Write `args`.",
        "environment": "Write `env`.",
        "env_vars": "Write `env`.",
        "workdir": "Write `workingDir`.",
        "working_dir": "Write `workingDir`, as Kubernetes spells it.",
        "name": "The container of a task has the name `base`. Remove it.",
        "script": 'Write `command: [sh, -c, "…"]`.',
    },
    "snowflake": {
        "account": "It is in the Airflow connection that `connection` names.",
        "conn_id": "Write `connection`.",
    },
}
"""Place -> what is written there -> what to do."""
_SECTIONS = ("snowflake", *TARGETS)


def _keys_of_a_param(definitions: Mapping[str, Any]) -> set[str]:
    return {key for one in definitions["param"]["anyOf"] for key in one.get("properties", ())}


def place_of(path: KeyPath) -> str:
    """Return the kind of mapping that a path leads to: `top`, `task`, `variant`, or the section's own name.

    Empty for others.
    """
    if not path:
        return "top"
    if len(path) == 2 and path[0] in ("tasks", "variants"):
        return str(path[0])[:-1]
    if len(path) == 3 and path[0] == "tasks" and path[-1] == "container":
        return "container"
    return str(path[-1]) if path[-1] in ("dag", "default_args", *_SECTIONS) and len(path) <= 4 else ""


def belongs(key: str, path: KeyPath, definitions: Mapping[str, Any], has_defaults: bool) -> str | None:
    """Return what to do with a key that is not known where it stands, if that is known.

    Args:
        key: The key.
        path: The mapping it stands in.
        definitions: The schema's `$defs`.
        has_defaults: Whether the file may have `tasks`; a layer has none.

    Returns:
        A sentence, or None.
    """
    place = place_of(path)
    if path[:1] == ("params",) and len(path) == 2 and did_you_mean(key, _keys_of_a_param(definitions)) is None:
        return f"A mapping that is the param's value stands under `default`: `{path[1]}: {{default: {{{key}: …}}}}`."
    if (reported := NAMES.get(place, {}).get(key)) is not None:
        return reported
    if place not in ("top", "task", "variant", "dag", "default_args", "container", *_SECTIONS):
        return None
    for section in _SECTIONS:
        if key in definitions[section]["properties"] and place != section:
            where = ", beside `container`" if place == "container" else ""
            return f"Put it under `{section}`{where}: `{section}: {{{key}: …}}`."
    if key in definitions["dag"]["properties"] and place not in ("dag", "task"):
        return f"Put it under `dag`: `dag: {{{key}: …}}`."
    if key in definitions["dag"]["properties"] and place == "task":
        return f"It belongs to the whole DAG: put it under `dag`, at the top: `dag: {{{key}: …}}`."
    if key in definitions["default_args"]["properties"] and place in ("top", "variant", "dag"):
        return f"It belongs to tasks: give it to a task, or to all of them: `dag: {{default_args: {{{key}: …}}}}`."
    if has_defaults and key in ("tasks", "variants", "params", "target") and place != "top":
        return f"Put `{key}` at the top of the file."
    return None


def odd_space(text: str) -> str | None:
    """Return the name of a blank in a text that looks like a space and is none, or that cannot be seen.

    None if there is none.
    """
    for character in text:
        if ord(character) > 127 and (unicodedata.category(character) in ("Zs", "Cf")):
            return f"{unicodedata.name(character, 'character').lower()} (U+{ord(character):04X})"
    return None
