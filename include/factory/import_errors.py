"""How a broken file shows in Airflow 3.3.2: as an import error of its own, and in the tasks of its runs.

All other DAGs stay active.

Airflow keys an error by the path of the DAG that raised it while being serialised. Raising in the loader would be keyed
to the loader, and Airflow would mark all of the loader's DAGs stale. This leans on Airflow's internals
(`airflow.dag_processing.processor._serialize_dags`); a test runs the real dag-processor.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NoReturn

from airflow.exceptions import SerializationError
from airflow.sdk import DAG, BaseOperator
from airflow.sdk.exceptions import AirflowFailException


class PipelineError(SerializationError):
    """What Airflow lists as the import error of a YAML file: its mistakes.

    A SerializationError, as any other would be wrapped in one and be shown twice.
    """


class _BrokenDag(DAG):
    """Stands for a file that cannot become DAGs."""

    def __init__(self, dag_id: str, path: str, message: str) -> None:
        self._path = path
        self._message = message
        super().__init__(dag_id, schedule=None)

    @property
    def relative_fileloc(self) -> str | None:
        """The YAML file's path; Airflow sets the loader's, in vain."""
        return self._path

    @relative_fileloc.setter
    def relative_fileloc(self, value: str | None) -> None: ...

    def get_serialized_fields(self) -> NoReturn:  # type: ignore[override]
        """Return the first thing that Airflow asks of a DAG to serialise it, and of nothing else."""
        raise PipelineError(f"\n{self._message}") from None


def broken_dag(path: Path, bundle: Path, message: str) -> Any:
    """Make the object that Airflow turns into an import error.

    Args:
        path: The file with the mistakes.
        bundle: The folder that Airflow's paths count from.
        message: The mistakes, for people.

    Returns:
        What the loader puts into its namespace.
    """
    name = path.relative_to(bundle).as_posix() if path.is_relative_to(bundle) else path.as_posix()
    return _BrokenDag("broken-" + re.sub(r"[^A-Za-z0-9_.-]", "-", name), name, message)


class _Fails(BaseOperator):
    """Stands for a task of a DAG that its file no longer gives, and fails at once with the reason."""

    def __init__(self, *, reason: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason = reason

    def execute(self, context: Any) -> NoReturn:
        """Fail, and not be tried again."""
        raise AirflowFailException(self.reason)

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Any) -> NoReturn:
        """Fail where the task had waited for a trigger, too."""
        self.execute(context)


def failing_dag(dag_id: str, task_id: str, reason: str) -> DAG:
    """Make what a task process runs in place of a task of a DAG that is not there any more.

    Without it Airflow would start the process again and again for minutes, and then leave the run alone for good, as
    "running": what the last parse did not give, its scheduler does not look at.

    Args:
        dag_id: The DAG.
        task_id: The task.
        reason: Why it is not there, for people.

    Returns:
        A DAG of that id with that task alone.
    """
    dag = DAG(dag_id, schedule=None)
    _Fails(task_id=task_id, dag=dag, reason=reason)
    return dag
