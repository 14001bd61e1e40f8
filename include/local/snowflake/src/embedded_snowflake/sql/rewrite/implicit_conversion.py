"""Convert arguments and operands implicitly, where Snowflake does so.

The signatures say what each function takes, expected_types.py has marked the arguments that may be of another type, and
common_types.py converts operands that must have one. DuckDB is asked for the types of columns, and of expressions whose
types are not evident.

https://docs.snowflake.com/en/sql-reference/data-type-conversion#implicit-casting-coercion
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from embedded_snowflake.sql.resolve import aliases, operands
from embedded_snowflake.sql.resolve.number_types import number_scale
from embedded_snowflake.sql.resolve.scopes import innermost_first, scope_of
from embedded_snowflake.sql.resolve.type_families import family_of, family_of_mark
from embedded_snowflake.sql.resolve.types import Types
from embedded_snowflake.sql.rewrite import common_types
from embedded_snowflake.sql.rewrite.macro_calls import call
from embedded_snowflake.sql.rewrite.number_scales import MixedNumbers

# The type that stands for each family; of a date only DuckDB can tell which one it is.
_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DECIMAL(38,5)",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "null": "NULL",
}
_INTEGERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT")
_AS_TEXT = ("DOUBLE", "FLOAT", "BOOLEAN", "DATE", "TIME")  # and numbers, and timestamps
_Columns = dict[tuple[str, str], str | None]


def apply(tree: exp.Expr, types: Types, mixed: MixedNumbers) -> exp.Expr:
    """Convert the arguments and operands of a statement.

    Args:
        tree: Statement translated but for what depends on types; changed in place.
        types: DuckDB's types of the statement's expressions.
        mixed: Takes note of the nodes in which numbers of many digits may meet.

    Returns:
        The tree, without marks.
    """
    nodes = [node for node in tree.walk() if _concerns(node)]
    if not nodes:
        return tree
    by_scope: dict[int, list[exp.Expr]] = {}
    for node in nodes:
        by_scope.setdefault(id(scope_of(node)), []).append(node)
    for scope in [*innermost_first(tree), None]:
        pending = by_scope.get(id(scope), [])
        if pending:
            _Scope(scope, types, mixed).convert(pending)
    return tree


def _concerns(node: exp.Expr) -> bool:
    return isinstance(node, operands.KINDS) or family_of_mark(node) is not None


class _Scope:
    """One SELECT or other statement, with the types that are known there."""

    def __init__(self, scope: exp.Expr | None, types: Types, mixed: MixedNumbers) -> None:
        self._scope = scope
        self._types = types
        self._meetings = mixed
        self._columns: _Columns = {}
        self._aliased: dict[str, exp.Alias] = {}

    def convert(self, pending: list[exp.Expr]) -> None:
        """Convert the operands of nodes, those within others first."""
        self._learn([operand for node in pending for operand in _operands(node)])
        while pending:
            waiting = {id(node) for node in pending}
            ready = [node for node in pending if not self._waits(node, waiting)] or pending
            asked = [operand for node in ready for operand in _operands(node)]
            kinds = dict(zip(map(id, asked), self._kinds(asked), strict=True))
            done = {id(node) for node in ready}
            pending = [node for node in pending if id(node) not in done]
            for node in ready:
                self._convert(node, kinds)

    def _convert(self, node: exp.Expr, kinds: dict[int, str | None]) -> None:
        family = family_of_mark(node)
        if family is None:
            for group in operands.groups(node):
                common_types.convert(node, group, [kinds[id(operand)] for operand in group], self._meetings)
            return
        value = node.expressions[0]
        kind = kinds[id(value)]
        node.replace(_converted(value, family, kind))

    def _waits(self, node: exp.Expr, waiting: set[int]) -> bool:
        """Tell whether the type of an operand depends on a conversion that is still to be made."""
        unclear = [operand for operand in _operands(node) if self._evident(operand) is None]
        unclear += [
            self._aliased[column.name]
            for one in unclear
            for column in one.find_all(exp.Column)
            if column.name in self._aliased
        ]
        return any(
            id(inner) in waiting for operand in unclear for inner in operand.walk() if scope_of(inner) is self._scope
        )

    def _learn(self, values: list[exp.Expr]) -> None:
        """Ask for the types of all columns at once."""
        columns: dict[tuple[str, str], exp.Column] = {}
        for value in values:
            if self._evident(value) is None:
                for column in value.find_all(exp.Column):
                    if scope_of(column) is self._scope and column.find_ancestor(exp.Lambda) is None:
                        columns.setdefault((column.table, column.name), column)
        for (key, column), kind in zip(
            columns.items(), self._ask(list(columns.values()), through_aliases=False), strict=True
        ):
            self._columns[key] = kind
            alias = aliases.meant(column, self._scope) if kind is None else None
            if alias is not None:
                self._aliased[column.name] = alias

    def _evident(self, node: exp.Expr) -> str | None:
        if isinstance(node, exp.Column):
            alias = self._aliased.get(node.name) if not node.table else None
            return self._columns.get((node.table, node.name)) if alias is None else self._evident(alias.this)
        if isinstance(node, (exp.Paren, exp.Alias)):
            return self._evident(node.this)
        if isinstance(node, operands.ARITHMETIC):
            return operands.result(node, [self._evident(side) for side in operands.groups(node)[0]])
        if isinstance(node, (exp.Max, exp.Min, exp.AnyValue)) and isinstance(node.this, exp.Column):
            return self._evident(node.this)
        return _TYPES.get(family_of(node) or "")

    def _kinds(self, values: list[exp.Expr]) -> list[str | None]:
        """Find the type of each value: the evident one, or DuckDB's."""
        kinds = {id(value): self._evident(value) for value in values}
        unclear = [value for value in values if kinds[id(value)] is None and value.find_ancestor(exp.Lambda) is None]
        unknown = [value for value in unclear if not isinstance(value, exp.Column) or value.name in self._aliased]
        kinds.update(zip(map(id, unknown), self._ask(unknown), strict=True))
        return [kinds[id(value)] for value in values]

    def _ask(self, values: list[exp.Expr], *, through_aliases: bool = True) -> list[str | None]:
        if not values:
            return []
        scope = self._scope
        within = scope if scope is not None else exp.Select()
        kinds = self._types.of_values(within, values, through_aliases=through_aliases)
        outer = scope_of(scope) if scope is not None else None
        while outer is not None and any(
            kind is None and isinstance(value, exp.Column) for value, kind in zip(values, kinds, strict=True)
        ):
            missing = [
                value for value, kind in zip(values, kinds, strict=True) if kind is None
            ]  # columns of the query around
            found = iter(self._types.of_values(outer, missing))
            kinds = [next(found) if kind is None else kind for kind in kinds]
            outer = scope_of(outer)
        return kinds


def _operands(node: exp.Expr) -> Iterator[exp.Expr]:
    if family_of_mark(node) is not None:
        yield node.expressions[0]
        return
    for group in operands.groups(node):
        yield from group


def _converted(value: exp.Expr, family: str, kind: str | None) -> exp.Expr:
    """Convert one argument to the family that its function takes."""
    if kind is None or kind in ("NULL", '"NULL"'):
        return value
    is_text, is_variant = kind == "VARCHAR", kind == "JSON"
    number = number_scale(kind) is not None
    if family == "text":
        if is_variant:
            return call("text", value)
        return call("varchar", value) if number or kind in _AS_TEXT or kind.startswith("TIMESTAMP") else value
    if family == "number":
        if kind == "BOOLEAN":
            return exp.cast(value, "BIGINT", copy=False)
        return common_types.as_number(value) if is_text else call("to_double", value) if is_variant else value
    if family == "float":
        return call("to_double", value) if is_text or is_variant else value
    if family == "integer":
        return (
            value
            if kind in _INTEGERS
            else call("to_integer", value)
            if is_text or is_variant or number or kind == "DOUBLE"
            else value
        )
    if family == "date":
        return call("moment", value) if is_text else call("to_timestamp", value) if is_variant else value
    if family == "boolean":
        return call("to_boolean", value) if is_text or is_variant or number else value
    return value
