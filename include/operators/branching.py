"""A function that chooses which of the tasks after it run, by returning their names."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from airflow.sdk import Context
from airflow.sdk.bases.skipmixin import SkipMixin
from airflow.sdk.exceptions import AirflowFailException

from include.operators.measures import Measured

log = logging.getLogger(__name__)


class Branching(Measured):
    """Skips what the function of an operator does not choose. Goes before the operator among the base classes."""

    function: str

    def __init__(self, *, branches: Mapping[str, Sequence[str]] | None = None, **kwargs: Any) -> None:
        """Keep the branches.

        Args:
            branches: for each name that the function may return the ids of the tasks it stands for; nothing for a
                function that chooses nothing.
            **kwargs: the operator's own arguments.
        """
        super().__init__(**kwargs)
        self.branches = dict(branches or {})
        # Airflow asks this of the tasks before a task that is cleared: it may have skipped it.
        self._can_skip_downstream = bool(branches)

    def followed(self, context: Context, result: Any) -> Any:
        """Skip the tasks right after this one that its function did not choose; teardowns run whatever it chose.

        Args:
            context: Airflow's template context.
            result: what the function returned: a name, a list of names, or nothing.

        Returns:
            The result, if there are no branches.

        Raises:
            DownstreamTasksSkipped: there are branches; by this Airflow skips the others. The result is kept before.
            AirflowFailException: the function returned something else.
        """
        if not self.branches:
            return result
        try:
            chosen = self._chosen(result)
        except AirflowFailException:
            self.keep_as_failed(context)
            raise
        others = [name for name in self.branches if name not in chosen]
        log.info("goes on with %s; skips %s", ", ".join(chosen) or "nothing", ", ".join(others) or "nothing")
        ti: Any = context["ti"]
        if result is not None and ti.task.do_xcom_push:
            ti.xcom_push("return_value", result)
        ids = [task_id for name in chosen for task_id in self.branches[name]]
        teardowns = [task.task_id for task in ti.task.downstream_list if task.is_teardown]
        SkipMixin().skip_all_except(ti, [*ids, *teardowns])  # type: ignore[no-untyped-call]
        return result

    def _chosen(self, result: Any) -> list[str]:
        names = [] if result is None else [result] if isinstance(result, str) else result
        known = ", ".join(self.branches)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise AirflowFailException(
                f"{self.function} returned {result!r}, and must return one of its branches ({known}), a list of them,"
                " or nothing."
            )
        for name in names:
            if name not in self.branches:
                near = get_close_matches(name, self.branches, n=1)
                meant = f" Did you mean {near[0]!r}?" if near else ""
                raise AirflowFailException(f"{self.function} returned {name!r}, none of its branches: {known}.{meant}")
        return list(dict.fromkeys(names))
