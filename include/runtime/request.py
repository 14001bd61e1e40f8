"""What an operator asks of the runtime, as JSON between the two sides. No secret is ever part of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

Json: TypeAlias = Any
Mode = Literal["session", "stored_procedure", "udf", "stream"]


@dataclass(frozen=True)
class Request:
    """One task to run.

    Attributes:
        function: dotted path of the callable.
        mode: how it runs: called here with a session, as a stored procedure, as a vectorised UDF,
            or here over a stream of batches.
        op_kwargs: its keyword arguments, encoded (`include.runtime.values`), for `session` and `stored_procedure`.
        input: `table` and `columns` to read (`udf` and `stream`).
        output: `table`, `column`, `type` and `keep` (columns of the input that go along; None: all).
        model: stage path of the file that is loaded and passed second, or None.
        packages: what a procedure or UDF needs inside Snowflake, as Snowflake's PACKAGES takes it.
        imports: stage paths of further files for a procedure or UDF.
        session: `warehouse`, `role`, `database` or `schema` in place of the connection's own.
        query_tag: dag, task, run and try, for Snowflake's query history.
    """

    function: str
    mode: Mode = "session"
    op_kwargs: dict[str, Json] = field(default_factory=dict)
    input: dict[str, Json] = field(default_factory=dict)
    output: dict[str, Json] = field(default_factory=dict)
    model: str | None = None
    packages: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    session: dict[str, str] = field(default_factory=dict)
    query_tag: dict[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """Return the request as plain JSON types; `Request(**…)` reads it back."""
        return asdict(self)
