"""What is written into a table takes its columns' types: texts that fit, numbers in range, dates that are dates.

Values are cast in Snowflake's own tree, so that INSERT, UPDATE and MERGE convert as CAST does and fail as CAST fails:
https://docs.snowflake.com/en/sql-reference/data-type-conversion
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from embedded_snowflake.errors import compilation_error, invalid_identifier, wrong_number_of_values
from embedded_snowflake.names import TableName, display, path, quote
from embedded_snowflake.sources.table_columns import type_name
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.resolve import identifiers, lineage, table_names
from embedded_snowflake.sql.rewrite import conversions
from embedded_snowflake.sql.rewrite.macro_calls import call
from embedded_snowflake.state import declarations
from embedded_snowflake.state.facts import Fact, refine
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.state.statement_words import snowflake_type
from embedded_snowflake.wire import column_of

_TEXTS = (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT)
_SEMI_STRUCTURED = (exp.DataType.Type.VARIANT, exp.DataType.Type.OBJECT, exp.DataType.Type.ARRAY)
_INSTANTS = (exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMPNTZ, exp.DataType.Type.TIMESTAMP)
_FULL_LENGTHS = frozenset({"VARCHAR(16777216)", "BINARY(8388608)"})


@dataclass(frozen=True)
class TargetColumn:
    """A column that is written to.

    Attributes:
        duck_type: DuckDB's type.
        type: Snowflake's type, as sqlglot has it.
    """

    name: str
    duck_type: str
    type: exp.DataType

    @property
    def length(self) -> int | None:
        """Longest text or binary that it holds, in characters or bytes; None where nothing was declared."""
        parameter = next(iter(self.type.expressions), None)
        sized = self.type.this in (*_TEXTS, exp.DataType.Type.BINARY)
        return int(parameter.name) if sized and parameter is not None else None


def target_columns(session: Session, name: TableName) -> list[TargetColumn]:
    """Read the columns of a table.

    Args:
        session: Session on whose connection the columns are asked for.
        name: Database, schema and table.

    Returns:
        Its columns, in order; empty when there is no such table.
    """
    described = declarations.described(session, name)
    facts = declarations.with_declared(session, name, described)
    found = []
    for column, (_, kind, _) in zip(
        refine([column_of(column, kind) for column, kind, _ in described], facts), described, strict=True
    ):
        text = type_name(column)
        if text in _FULL_LENGTHS:
            text = text.partition("(")[0]
        found.append(TargetColumn(column.name, kind, exp.DataType.build(text, dialect="snowflake")))
    return found


@dataclass(frozen=True)
class Assignment:
    """An INSERT, UPDATE or MERGE whose values are cast to its columns' types.

    Attributes:
        before: DuckDB statements to run before it: they make room for numbers of more than 64 bits.
        queried: The columns that an INSERT's query is written to, in its order; None for one whose cast does more than
            change the type.
    """

    tree: exp.Expr
    before: list[str]
    queried: list[TargetColumn | None]


def cast_changes(statement: Statement, tree: exp.Expr) -> Assignment:
    """Cast what an INSERT, UPDATE or MERGE writes to its columns' types.

    Args:
        tree: Statement in Snowflake's tree; changed in place.

    Returns:
        The statement with its casts.

    Raises:
        SnowflakeError: A written-out text is too long, or values and columns are not of the same number.
    """
    session = statement.session
    written = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    if not isinstance(written, exp.Table):
        return Assignment(tree, [], [])
    name = table_names.full_name(identifiers.stored_table(written), session)
    columns = target_columns(session, name)
    if not columns:
        return Assignment(tree, [], [])
    queried: list[TargetColumn | None] = []
    used: list[TargetColumn] = []
    if isinstance(tree, exp.Insert):
        named = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
        used = _named(columns, named) if named else columns
        queried = _cast_source(session, tree, used)
    elif isinstance(tree, exp.Update):
        used = _cast_settings(tree, columns)
    elif isinstance(tree, exp.Merge):
        for when in tree.args["whens"].expressions:
            then = when.args.get("then")
            if isinstance(then, exp.Update):
                used += _cast_settings(then, columns)
            elif isinstance(then, exp.Insert) and isinstance(then.expression, exp.Tuple):
                filled = _named(columns, then.this.expressions) if isinstance(then.this, exp.Tuple) else columns
                _cast_row(then.expression, filled)
                used += filled
    return Assignment(tree, widening(session, name, used) if statement.wide else [], queried)


def leave_out_casts(session: Session, tree: exp.Expr, queried: list[TargetColumn | None]) -> exp.Expr:
    """Leave out the casts of an INSERT's query whose columns have the right types already.

    DuckDB takes milliseconds to plan each.

    Args:
        session: Session on whose connection the columns are asked for.
        tree: The statement that `cast_changes` gave, translated; changed in place.
        queried: The columns that `cast_changes` gave.

    Returns:
        The tree.
    """
    select = tree.expression if isinstance(tree, exp.Insert) else None
    if not queried or not isinstance(select, exp.Select):
        return tree
    inner = select.args["from_"].this.this
    given = [str(row[1]) for row in session.duck.execute(f"describe {duck_sql(inner)}").fetchall()]
    projections = list(select.expressions)
    for number, (kind, column) in enumerate(zip(given, queried, strict=False)):
        if column is not None and kind == column.duck_type and kind not in ("HUGEINT", "BLOB"):
            plain = exp.column(exp.to_identifier(f"_C{number}", quoted=True))
            length = column.length
            projections[number] = plain if length is None else call("short_varchar", plain, exp.Literal.number(length))
    select.set("expressions", projections)
    return tree


def cast_query(
    query: exp.Query,
    types: Sequence[exp.DataType | None],
    names: Sequence[exp.Identifier] | None = None,
    assigned: Sequence[str] | None = None,
) -> exp.Select:
    """Cast a query's columns.

    Args:
        query: The query; it is used up.
        types: Type of each column; None leaves it as it is.
        names: Names for the columns.
        assigned: Names of the table's columns that they are written to, where they are: fewer types are converted then.

    Returns:
        A query around it. Columns of the given one beyond these stay behind them, so that their number is not hidden.
    """
    inner = [exp.to_identifier(f"_C{number}", quoted=True) for number in range(len(types))]
    projections: list[exp.Expr] = []
    for number, (identifier, kind) in enumerate(zip(inner, types, strict=True)):
        column: exp.Expr = exp.column(identifier.copy())
        if kind is not None and assigned is not None:
            column = conversions.assigned(column, kind.copy(), assigned[number])
        elif kind is not None:
            column = exp.cast(column, kind.copy())
        projections.append(exp.alias_(column, names[number].copy()) if names is not None else column)
    rest = exp.Star(except_=[identifier.copy() for identifier in inner])
    alias = exp.TableAlias(this=exp.to_identifier("_q"), columns=inner)
    return exp.Select(expressions=[*projections, rest]).from_(exp.Subquery(this=query, alias=alias))


def _named(columns: list[TargetColumn], named: Sequence[exp.Expr]) -> list[TargetColumn]:
    found = []
    for item in named:
        identifier = item.this if isinstance(item, exp.Column) else item
        quoted = bool(identifier.args.get("quoted"))
        wanted = item.name if quoted else item.name.upper()
        match = next((column for column in columns if column.name == wanted), None)
        if match is None:
            raise invalid_identifier(display(wanted))
        found.append(match)
    if len({column.name for column in found}) < len(found):
        twice = next(column.name for column in found if sum(other.name == column.name for other in found) > 1)
        raise compilation_error(f"duplicate column name '{twice}'", 2025, "42S21")
    return found


def _cast_source(session: Session, tree: exp.Insert, columns: list[TargetColumn]) -> list[TargetColumn | None]:
    source = tree.expression
    if isinstance(source, exp.Values):
        for row in source.expressions:
            _cast_row(row, columns)
    elif isinstance(source, exp.Query):
        given = lineage.of_query(identifiers.stored(source.copy()), session)
        _refuse_structures(given, columns)
        names = [column.name for column in columns]
        tree.set("expression", cast_query(source, [column.type for column in columns], assigned=names))
        variants = _variants(given, columns)
        return [None if number in variants else column for number, column in enumerate(columns)]
    return []


def _variants(given: list[Fact], columns: list[TargetColumn]) -> set[int]:
    """Find the ARRAY and OBJECT columns that may be given something else, as a VARIANT that holds JSON null."""
    kinds = {exp.DataType.Type.ARRAY: "array", exp.DataType.Type.OBJECT: "object"}
    known = {
        number
        for number, (fact, column) in enumerate(zip(given, columns, strict=False))
        if fact.kind == kinds.get(column.type.this)
    }
    return {number for number, column in enumerate(columns) if column.type.this in kinds} - known


def _refuse_structures(given: list[Fact], columns: list[TargetColumn]) -> None:
    """Refuse an ARRAY or OBJECT for a column of another type: Snowflake converts neither by itself."""
    for fact, column in zip(given, columns, strict=False):
        if fact.kind in ("array", "object") and column.type.this not in _SEMI_STRUCTURED:
            expected = snowflake_type(column.type.sql(dialect="duckdb"))
            raise compilation_error(
                f"Expression type does not match column data type, expecting {expected} but got {fact.kind.upper()} "
                f"for column {display(column.name)}",
                2023,
                "22000",
            )


def _cast_row(row: exp.Expr, columns: list[TargetColumn]) -> None:
    if not isinstance(row, exp.Tuple):
        row.set("this", _cast(row.this, columns[0]))
        return
    if len(row.expressions) != len(columns):
        raise wrong_number_of_values(len(columns), len(row.expressions))
    row.set("expressions", [_cast(cell, column) for cell, column in zip(row.expressions, columns, strict=True)])


def _cast_settings(update: exp.Expr, columns: list[TargetColumn]) -> list[TargetColumn]:
    """SET column = value, …: DuckDB takes the columns' names without the table's."""
    used = _named(columns, [setting.this for setting in update.expressions])
    for setting, column in zip(update.expressions, used, strict=True):
        setting.this.set("table", None)
        setting.this.set("db", None)
        setting.this.set("catalog", None)
        setting.set("expression", _cast(setting.expression, column))
    return used


def _cast(value: exp.Expr, column: TargetColumn) -> exp.Expr:
    if isinstance(value, (exp.Null, exp.Var)) or _fits(value, column):
        return value
    return conversions.assigned(value, column.type.copy(), column.name)


def _fits(value: exp.Expr, column: TargetColumn) -> bool:
    """Tell whether a written-out value is evidently one of the column's: thousands of rows may be written out."""
    kind = column.type.this
    if isinstance(value, exp.Neg):
        value = value.this
    if not isinstance(value, exp.Literal):
        return isinstance(value, exp.Boolean) and kind == exp.DataType.Type.BOOLEAN
    if not value.is_string:
        return (
            kind in (exp.DataType.Type.DECIMAL, exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT)
            and "e" not in value.name.lower()
        )
    if kind in _TEXTS:
        return column.length is None or len(value.name) <= column.length
    return kind in _INSTANTS and _is_iso(value.name)


def _is_iso(text: str) -> bool:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is None and "W" not in text and len(text) >= len("2024-01-01") and text[4] == text[7] == "-"


def widening(session: Session, name: TableName, columns: list[TargetColumn]) -> list[str]:
    """Make room for whole numbers of more than 64 bits.

    Args:
        session: Session on whose connection the columns are asked for.
        name: Database, schema and table.
        columns: Columns that are written.

    Returns:
        DuckDB's statements, one for each whole-number column.
    """
    table = path(session.place_of(name))
    narrow = {column.name for column in columns if column.duck_type == "BIGINT"}
    return [f"alter table {table} alter column {quote(column)} set data type HUGEINT" for column in sorted(narrow)]
