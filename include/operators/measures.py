"""What a task took, as its XCom: what the runtime measured, and what only Airflow's side knows."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from airflow.sdk import Context

from include.constants import MEASURES_KEY
from include.runtime.measures import Measures, unknown

log = logging.getLogger(__name__)


def started(context: Context) -> float | None:
    """Return when Airflow started this try: its first start, which a deferral does not reset.

    Args:
        context: Airflow's template context.

    Returns:
        Seconds since 1970; None where Airflow does not say.
    """
    first = getattr(context["ti"], "start_date", None)
    return float(first.timestamp()) if first else None


def measures_of(context: Context, target: str | None, run_as: str, measured: Mapping[str, Any] | None) -> Measures:
    """Return the measures of this try.

    Args:
        context: Airflow's template context.
        target: where its function runs, as the format names it; None for what is Snowflake's alone.
        run_as: how it runs.
        measured: what the runtime measured; None if that did not get so far.

    Returns:
        A mapping with `include.runtime.measures.KEYS`; failed unless the runtime says otherwise.
    """
    known = {"target": target, "run_as": run_as, "state": "failed", "try_number": context["ti"].try_number}
    return unknown() | known | {"started": started(context)} | dict(measured or {})


class Measured:
    """What an operator took. Goes before Airflow's operator among the base classes."""

    _kept: Measures | None = None

    def keep_measures(self, context: Context, measures: Measures) -> None:
        """Keep measures as an XCom of the task.

        Args:
            context: Airflow's template context.
            measures: all of them.
        """
        self._kept = measures
        push(context, measures)

    def keep_as_failed(self, context: Context) -> None:
        """Keep them again, of a function that did its work and whose result fails the task.

        Args:
            context: Airflow's template context.
        """
        if self._kept is not None:
            self.keep_measures(context, self._kept | {"state": "failed"})


def push(context: Context, measures: Measures) -> None:
    """Keep measures as an XCom of the task. That it cannot be done is said, and fails no task.

    Args:
        context: Airflow's template context.
        measures: all of them.
    """
    try:
        context["ti"].xcom_push(MEASURES_KEY, measures)
    except Exception as error:
        log.warning("What the task took could not be kept: %s: %s", type(error).__name__, error)
