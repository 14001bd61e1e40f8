"""What an operator asks of the runtime, as JSON between the two sides. No secret is ever part of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

Json: TypeAlias = Any
Mode = Literal["session", "stored_procedure", "udf", "stream"]


@dataclass(frozen=True)
class BatchInput:
    """What a `batch_callable` reads.

    Attributes:
        table: the table.
        columns: those of its columns that the function gets, in this order.
    """

    table: str
    columns: list[str]


@dataclass(frozen=True)
class BatchOutput:
    """What a `batch_callable` writes.

    Attributes:
        table: the table; replaced as a whole.
        column: the column of the function's values.
        type: that column's type; FLOAT if None.
        keep: the columns of the input that go along; all if None.
    """

    table: str
    column: str
    type: str | None = None
    keep: list[str] | None = None


@dataclass(frozen=True)
class Batch:
    """The work of a `batch_callable`.

    Attributes:
        input: what it reads.
        output: what it writes.
        model: stage path of the file that is loaded and passed second, or None.
    """

    input: BatchInput
    output: BatchOutput
    model: str | None = None


@dataclass(frozen=True)
class Request:
    """One task to run.

    Attributes:
        function: dotted path of the callable.
        mode: how it runs: called here with a session, as a stored procedure, as a vectorised UDF,
            or here over a stream of batches.
        op_kwargs: its keyword arguments, encoded (`include.runtime.values`), for `session` and `stored_procedure`.
        batch: what it reads and writes, for `udf` and `stream`.
        packages: what a procedure or UDF needs inside Snowflake, as Snowflake's PACKAGES takes it.
        imports: stage paths of further files for a procedure or UDF.
        session: `warehouse`, `role`, `database` or `schema` in place of the connection's own.
        query_tag: dag, task, run and try, for Snowflake's query history.
        target: where the function runs, as the format names it.
        started: when Airflow started this try, in seconds since 1970.
        task_runs: the table to which a row of what the task took is added; none if None.
    """

    function: str
    mode: Mode = "session"
    op_kwargs: dict[str, Json] = field(default_factory=dict)
    batch: Batch | None = None
    packages: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    session: dict[str, str] = field(default_factory=dict)
    query_tag: dict[str, str | int] = field(default_factory=dict)
    target: str | None = None
    started: float | None = None
    task_runs: str | None = None

    def to_json(self) -> str:
        """Return the request as JSON, for `from_json`."""
        return json.dumps(vars(self) | {"batch": self.batch and asdict(self.batch)})

    @classmethod
    def from_json(cls, text: str) -> Request:
        """Read a request.

        Args:
            text: what `to_json` gave.

        Returns:
            The request.
        """
        fields = json.loads(text)
        if batch := fields.get("batch"):
            fields["batch"] = Batch(BatchInput(**batch["input"]), BatchOutput(**batch["output"]), batch["model"])
        return cls(**fields)
