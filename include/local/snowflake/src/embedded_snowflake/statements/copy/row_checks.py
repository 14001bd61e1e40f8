"""The values of a file's rows, converted, and the rows that do not convert."""

from __future__ import annotations

import re

from sqlglot import exp

from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.names import quote
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state import declarations, running
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.assignment import TargetColumn
from embedded_snowflake.statements.copy import conversion, file_rows
from embedded_snowflake.statements.copy.file_rows import FileRows
from embedded_snowflake.statements.copy.outcome import RowError
from embedded_snowflake.statements.copy.plan import CopyPlan

_VOLATILE = re.compile(
    r"\b(nextval|currval|random|uuid|uuidv4|uuidv7|gen_random_uuid)\(", re.I
)  # DuckDB's TRY takes none
NULL_IN_REQUIRED = 100088  # error number of a NULL for a column that takes none
_NULL_VALUE = (
    (
        "NULL result in a non-nullable column. Use quotes if an empty field should be interpreted as an empty string"
        " instead of a null"
    ),
    NULL_IN_REQUIRED,
    "22000",
)


class Judged:
    """A file's rows with their values converted, in a temporary table of the running statement.

    Args:
        statement: The statement that loads or checks.
        plan: What the statement says.
        columns: The columns to fill.
        rows: The rows.
    """

    def __init__(self, statement: Statement, plan: CopyPlan, columns: list[TargetColumn], rows: FileRows) -> None:
        self._statement, self._plan, self._columns, self._rows = statement, plan, columns, rows
        session = self._session = statement.session
        self._table = statement.scratch_name("table", "JUDGED")
        session.duck.execute(f"create temp table {quote(self._table)} as {self._query()}")
        facts = declarations.columns(session, plan.target)
        required = frozenset(fact.name for fact in facts if not fact.nullable)
        self._checks = [self._check(number, column.name in required) for number, column in enumerate(columns, 1)]
        self.read = running.count(session, f"select count(*) from {quote(self._table)}")

    def _query(self) -> str:
        """Write DuckDB's query: for each column a list with the value, and the text that it is made of.

        The list is NULL where the text does not convert.
        """
        select, width = self._rows.select.copy(), len(self._columns)
        projections = [*self._rows.values, *(value for value, _ in self._rows.raw)]
        select.set(
            "expressions", [exp.alias_(value, f"X{number}", quoted=True) for number, value in enumerate(projections)]
        )
        translated = translate(select, self._statement).tree
        written = [duck_sql(value.unalias()) for value in translated.expressions]
        listed = []
        for number, column in enumerate(self._columns, 1):
            value = f"[{conversion.sized(written[number - 1], column, truncate=self._plan.truncate)}]"
            value = value if _VOLATILE.search(value) else f"try({value})"
            raw = written[width + number - 1]
            text = f"try({PREFIX}varchar({raw}))" if not _VOLATILE.search(raw) else "null"
            listed += [
                f"{value} as V{number}",
                f"case when {value} is null or {value}[1] is null then {text} end as T{number}",
            ]
        translated.set("expressions", [exp.Var(this=", ".join([*listed, f'{self._rows.number} as "N"']))])
        return duck_sql(translated)

    def _check(self, number: int, required: bool) -> str:
        null = f" or V{number}[1] is null" if required else ""
        return f"case when V{number} is null{null} then {number} end"

    def bad(self) -> dict[int, RowError]:
        """Find the rows that cannot be loaded, and what is wrong first with each."""
        found = dict(self._rows.broken)
        first = f"list_min([{', '.join(self._checks)}])"
        texts = ", ".join(f"T{number}" for number in range(1, len(self._columns) + 1))
        sql = f"select N, {first}, {texts} from {quote(self._table)} where {first} is not null order by N"
        rows = self._session.duck.execute(sql).fetchall()
        if rows:
            self._ask_for_width()
        for number, field, *values in rows:
            found[int(number)] = self._error(int(number), int(field), values[int(field) - 1])
        return dict(sorted(found.items()))

    def _error(self, number: int, field: int, text: str | None) -> RowError:
        column, kind = self._columns[field - 1], self._rows.raw[field - 1][1]
        length = column.length if kind is column.type else None
        message, code, sqlstate = conversion.failure(text, kind, length) if text is not None else _NULL_VALUE
        place = file_rows.place_of(self._rows, number, field)
        return RowError(message, place.line, (column.name, field), code, sqlstate, place.character, number)

    def _ask_for_width(self) -> None:
        """Fail as DuckDB does where a number is good but for its more than 64 bits.

        The statement is run again.
        """
        for number, column in enumerate(self._columns, 1):
            if column.duck_type == "BIGINT":
                wide = (
                    f"V{number} is null and try_cast(T{number} as HUGEINT) is not null and try_cast(T{number} as"
                    " BIGINT) is null"
                )
                sql = f"select cast(T{number} as BIGINT) from {quote(self._table)} where {wide} limit 1"
                self._session.duck.execute(sql).fetchall()

    def rows(self, limit: int | None = None) -> str:
        """Write the query of the good rows.

        Args:
            limit: Number of the last one; None for all.

        Returns:
            DuckDB's SQL, one column for each column to fill.
        """
        values = ", ".join(f"V{number}[1] as {quote(column.name)}" for number, column in enumerate(self._columns, 1))
        behind = f" and N <= {limit}" if limit is not None else ""
        return (
            f"select {values} from {quote(self._table)} where list_min([{', '.join(self._checks)}]) is null{behind}"
            " order by N"
        )
