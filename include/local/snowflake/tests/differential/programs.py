"""Random DataFrame programs: a few small tables, and what is done with them, step by step."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.differential.expressions import TYPES, Expression
from tests.differential.operations import CONSTANTS, OPERATIONS

Draw = st.DrawFn

NAMES = (
    "A",
    "B",
    "a",
    "Total",
    "TOTAL",
    "total",
    "order",
    "SELECT",
    "two words",
    "é",
    'quo"te',
    "1st",
    "COLUMN1",
    "end",
)
"""Names as stored: upper, lower and mixed case of the same letters, reserved words, blanks and signs."""

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int": st.one_of(st.integers(-5, 9), st.integers(-(10**9), 10**9)),
    "decimal": st.integers(-(10**5), 10**5).map(lambda cents: Decimal(cents).scaleb(-2)),
    # Quarters: sums and products of a few are exact in any order.
    "float": st.integers(-400, 400).map(lambda quarters: quarters / 4),
    "text": st.sampled_from(["", "a", "b", "ab", "A", " a ", "é", "Zebra", "10", "-3", "x y", "a%b", "it's", '"']),
    "digits": st.integers(-20, 200).map(str),
    "bool": st.booleans(),
    "date": st.dates(datetime.date(1999, 12, 1), datetime.date(2024, 3, 31)),
    "time": st.datetimes(datetime.datetime(2019, 12, 31), datetime.datetime(2024, 3, 1)).map(
        lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000)
    ),
}


@dataclass(frozen=True)
class Field:
    """A column: its name as stored, its kind (a key of `TYPES`), its digits after the point."""

    name: str
    kind: str
    scale: int = 0

    def expression(self) -> Expression:
        """The column as an expression."""
        # As a number a text that is no constant is a NUMBER(18, 5); see COALESCE's usage notes.
        return Expression("column", (self.name,), self.kind, 5 if self.kind == "digits" else self.scale)


@dataclass(frozen=True)
class Table:
    """Where a program begins: rows that are made on the client."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Step:
    """One call of a DataFrame.

    Attributes:
        call: Which: a method of the engines.
        arguments: What it is given.
        fields: The columns after it.
    """

    call: str
    arguments: tuple[Any, ...]
    fields: tuple[Field, ...] = field(repr=False)


@dataclass(frozen=True)
class Program:
    """A table and the steps done with it."""

    table: Table
    steps: tuple[Step, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of its result."""
        return self.steps[-1].fields if self.steps else self.table.fields

    def calls(self) -> set[str]:
        """What it uses: its calls, and the operations of its expressions."""
        return {used for step in self.steps for used in (step.call, *_used(step.arguments))}


@dataclass(frozen=True)
class Aggregate:
    """An aggregate or window function of one column."""

    function: str
    argument: Field | None
    name: str
    kind: str
    scale: int = 0


def _used(value: Any) -> Iterable[str]:
    if isinstance(value, Expression):
        yield from value.operations()
    elif isinstance(value, Aggregate):
        yield value.function
    elif isinstance(value, Program):
        yield from value.calls()
    elif isinstance(value, tuple):
        for one in value:
            yield from _used(one)


@st.composite
def programs(draw: Draw, most_steps: int = 5, nested: bool = True) -> Program:
    """Draw a program.

    Args:
        draw: Hypothesis' own.
        most_steps: The longest.
        nested: Whether it may join and unite other programs.

    Returns:
        The program.
    """
    table = draw(_tables())
    steps: list[Step] = []
    fields = table.fields
    for _ in range(draw(st.sampled_from(range(most_steps, 0, -1)))):
        kinds = [*_STEPS, *(_NESTED if nested else ())]
        step = draw(draw(st.sampled_from(kinds))(fields))
        if step is not None:
            steps.append(step)
            fields = step.fields
    return Program(table, tuple(steps))


@st.composite
def _tables(draw: Draw) -> Table:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    fields = tuple(
        Field(name, kind, 2 if kind == "decimal" else 0)
        for name in names
        for kind in [draw(st.sampled_from(list(TYPES)))]
    )
    row = st.tuples(*[st.one_of(st.none(), _VALUES[one.kind], _VALUES[one.kind]) for one in fields])
    size = draw(st.sampled_from((6, 8, 4, 2, 1, 0)))
    return Table(fields, tuple(draw(st.lists(row, min_size=size, max_size=size))))


@st.composite
def expressions(draw: Draw, fields: tuple[Field, ...], kind: str, depth: int = 2) -> Expression:
    """Draw an expression of a kind over some columns.

    Args:
        draw: Hypothesis' own.
        fields: The columns.
        kind: A key of `TYPES`.
        depth: How many operations may stand one in another.

    Returns:
        The expression.
    """
    columns = [one for one in fields if one.kind == kind]
    operations = [name for name, one in OPERATIONS.items() if one.gives == kind] if depth else []
    if operations and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(operations))
        arguments = tuple(draw(_argument(fields, wanted, depth - 1)) for wanted in OPERATIONS[name].takes)
        scale = OPERATIONS[name].scale(*[one.scale for one in arguments])
        return Expression(name, arguments, kind, scale, OPERATIONS[name])
    if columns and draw(st.integers(0, 5)):
        return draw(st.sampled_from(columns)).expression()
    return draw(_VALUES[kind].map(lambda value: _literal(value, kind)))


def _literal(value: Any, kind: str) -> Expression:
    # Snowpark itself sends a Decimal as a NUMBER(38, 18).
    return Expression("literal", (value,), kind, 18 if kind == "decimal" else 0)


def _argument(fields: tuple[Field, ...], wanted: str, depth: int) -> st.SearchStrategy[Expression]:
    kind, _, constants = wanted.partition("!")
    if constants:
        return st.sampled_from(CONSTANTS[constants]).map(lambda value: Expression("literal", (value,), kind))
    return expressions(fields, kind, depth)


def _names_beside(fields: Iterable[Field]) -> st.SearchStrategy[str]:
    taken = {one.name for one in fields}
    return st.sampled_from(
        [name for name in (*NAMES, "X1", "x1", "X2", "x2", "X3", "x3", "X4", "x4") if name not in taken]
    )


_KINDS = st.sampled_from([kind for kind in TYPES if kind != "digits"])


@st.composite
def _with_column(draw: Draw, fields: tuple[Field, ...]) -> Step:
    old = draw(st.one_of(st.none(), st.sampled_from(fields)))
    name = old.name if old else draw(_names_beside(fields))
    expression = draw(expressions(fields, draw(_KINDS), 3))
    after = Field(name, expression.kind, expression.scale)
    others = tuple(one for one in fields if one.name != name)
    return Step("with_column", (name, expression), (*others, after))


@st.composite
def _select(draw: Draw, fields: tuple[Field, ...]) -> Step:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=3, max_size=7, unique=True))
    chosen = tuple(draw(expressions(fields, draw(_KINDS), 2)) for _ in names)
    return Step(
        "select",
        (tuple(zip(names, chosen, strict=True)),),
        tuple(Field(n, e.kind, e.scale) for n, e in zip(names, chosen, strict=True)),
    )


@st.composite
def _filter(draw: Draw, fields: tuple[Field, ...]) -> Step:
    return Step("filter", (draw(expressions(fields, "bool", 3)),), fields)


@st.composite
def _rename(draw: Draw, fields: tuple[Field, ...]) -> Step | None:
    # Snowpark looks for the column in any case, and refuses one that has a twin in another.
    upper = [one.name.upper() for one in fields]
    alone = [one for one in fields if upper.count(one.name.upper()) == 1]
    if not alone:
        return None
    old = draw(st.sampled_from(alone))
    other_case = [name for name in (old.name.upper(), old.name.lower()) if name not in {one.name for one in fields}]
    new = draw(st.one_of(_names_beside(fields), *([st.sampled_from(other_case)] if other_case else [])))
    return Step(
        "rename", (old.name, new), tuple(Field(new, one.kind, one.scale) if one == old else one for one in fields)
    )


@st.composite
def _to_df(draw: Draw, fields: tuple[Field, ...]) -> Step:
    names = tuple(
        draw(
            st.lists(
                st.sampled_from((*NAMES, "C1", "C2", "c2", "C3")),
                min_size=len(fields),
                max_size=len(fields),
                unique=True,
            )
        )
    )
    return Step(
        "to_df", names, tuple(Field(name, one.kind, one.scale) for name, one in zip(names, fields, strict=True))
    )


@st.composite
def _drop(draw: Draw, fields: tuple[Field, ...]) -> Step | None:
    if len(fields) < 2:
        return None
    gone = draw(st.sampled_from(fields))
    return Step("drop", (gone.name,), tuple(one for one in fields if one != gone))


def _distinct(fields: tuple[Field, ...]) -> st.SearchStrategy[Step]:
    return st.just(Step("distinct", (), fields))


@st.composite
def _dropna(draw: Draw, fields: tuple[Field, ...]) -> Step:
    chosen = draw(st.lists(st.sampled_from(fields), min_size=1, max_size=2, unique=True))
    return Step("dropna", tuple(one.name for one in chosen), fields)


@st.composite
def _limit(draw: Draw, fields: tuple[Field, ...]) -> Step:
    """Rows in an order of all columns, so that those that are cut off are the same everywhere."""
    orders = tuple((one.name, draw(st.booleans()), draw(st.booleans())) for one in draw(st.permutations(fields)))
    return Step("limit", (orders, draw(st.integers(0, 5))), fields)


@st.composite
def _fillna(draw: Draw, fields: tuple[Field, ...]) -> Step | None:
    numbers = [one for one in fields if one.kind in {"int", "text", "float", "bool"}]
    if not numbers:
        return None
    chosen = draw(st.sampled_from(numbers))
    return Step("fillna", (chosen.name, draw(_VALUES[chosen.kind])), fields)


@st.composite
def _unpivot(draw: Draw, fields: tuple[Field, ...]) -> Step | None:
    numbers = [one for one in fields if one.kind == "int"]
    if not numbers:
        return None
    chosen = tuple(one.name for one in draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=2, unique=True)))
    kept = tuple(one for one in fields if one.name not in chosen)
    named = Field(draw(_names_beside(fields)), "text")
    valued = Field(draw(_names_beside([*fields, named])), "int")
    return Step("unpivot", (valued.name, named.name, chosen), (*kept, named, valued))


@st.composite
def _pivot(draw: Draw, fields: tuple[Field, ...]) -> Step | None:
    texts, numbers = (
        [one for one in fields if one.kind == "text"],
        [one for one in fields if one.kind in {"int", "float"}],
    )
    if not texts or not numbers:
        return None
    over, summed = draw(st.sampled_from(texts)), draw(st.sampled_from(numbers))
    values = tuple(
        draw(st.lists(st.sampled_from(("a", "b", "A", "x y", "nothing")), min_size=1, max_size=2, unique=True))
    )
    kept = tuple(one for one in fields if one not in (over, summed))
    made = tuple(Field(f"'{value}'", summed.kind) for value in values)
    return Step("pivot", (over.name, summed.name, values, tuple(one.name for one in kept)), (*kept, *made))


@st.composite
def _rollup(draw: Draw, fields: tuple[Field, ...]) -> Step:
    call = draw(st.sampled_from(("rollup", "cube")))
    keys = tuple(draw(st.lists(st.sampled_from(fields), min_size=1, max_size=2, unique=True)))
    counted = draw(st.sampled_from(fields))
    name = draw(_names_beside(keys))
    made = _aggregated("count", counted, name)
    return Step(call, (tuple(one.name for one in keys), (made,)), (*keys, Field(name, "int")))


AGGREGATES: dict[str, tuple[tuple[str, ...], str | None]] = {
    "count": (tuple(TYPES), "int"),
    "count_distinct": (tuple(TYPES), "int"),
    "sum": (("int", "decimal", "float"), None),
    "avg": (("int", "decimal", "float"), None),
    "min": (("int", "decimal", "float", "text", "date", "time"), None),
    "max": (("int", "decimal", "float", "text", "date", "time"), None),
    "median": (("int", "decimal", "float"), None),
    "stddev": (("int", "float"), "float"),
    "listagg": (("text",), "text"),
    "variance": (("int", "float"), None),
    "approx_count_distinct": (("int", "text", "date"), "int"),
    "booland_agg": (("bool",), "bool"),
    "boolor_agg": (("bool",), "bool"),
}
"""The kinds that each takes, and the kind that it gives, its argument's where that is None."""


def _aggregated(function: str, argument: Field, name: str) -> Aggregate:
    kind = AGGREGATES[function][1] or argument.kind
    if function == "variance" and argument.kind == "int":
        return Aggregate(function, argument, name, "decimal", 6)  # as in Snowpark's own tests: 0.666667
    if function in {"avg", "median"} and kind in {"int", "decimal"}:
        scale = max(argument.scale, min(argument.scale + 6, 12)) if function == "avg" else min(argument.scale + 3, 37)
        return Aggregate(function, argument, name, "decimal", scale)
    return Aggregate(function, argument, name, kind, argument.scale if kind == "decimal" else 0)


@st.composite
def _group_by(draw: Draw, fields: tuple[Field, ...]) -> Step:
    keys = tuple(draw(st.lists(st.sampled_from(fields), max_size=2, unique=True)))
    possible = [(function, one) for function, (kinds, _) in AGGREGATES.items() for one in fields if one.kind in kinds]
    chosen = draw(st.lists(st.sampled_from(possible), min_size=1, max_size=3, unique=True))
    aggregates: list[Aggregate] = []
    for function, argument in chosen:
        name = draw(_names_beside([*keys, *[Field(one.name, one.kind) for one in aggregates]]))
        aggregates.append(_aggregated(function, argument, name))
    after = (*keys, *[Field(one.name, one.kind, one.scale) for one in aggregates])
    return Step("group_by", (tuple(one.name for one in keys), tuple(aggregates)), after)


WINDOWS = (
    "row_number",
    "rank",
    "dense_rank",
    "lag",
    "lead",
    "first_value",
    "last_value",
    "sum",
    "count",
    "max",
    "running_sum",
    "running_count",
    "ntile",
    "percent_rank",
    "cume_dist",
    "lag_2",
    "range_sum",
)


_RANKING = {"row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist"}


@st.composite
def _window(draw: Draw, fields: tuple[Field, ...]) -> Step:
    function = draw(st.sampled_from(WINDOWS))
    numbers = [one for one in fields if one.kind in {"int", "decimal", "float"}]
    needs_number = function in {"sum", "running_sum", "max", "range_sum"}
    if needs_number and not numbers:
        function = "row_number"
    argument = draw(st.sampled_from(numbers if needs_number and numbers else fields))
    counts = function in {"row_number", "rank", "dense_rank", "count", "running_count", "ntile"}
    kind = "int" if counts else "float" if function in {"percent_rank", "cume_dist"} else argument.kind
    partition = tuple(one.name for one in draw(st.lists(st.sampled_from(fields), max_size=2, unique=True)))
    if function in {"rank", "dense_rank", "percent_rank", "cume_dist", "range_sum"}:
        orders = ((draw(st.sampled_from(fields)).name, draw(st.booleans()), draw(st.booleans())),)
    else:
        orders = tuple((one.name, draw(st.booleans()), draw(st.booleans())) for one in draw(st.permutations(fields)))
    name = draw(_names_beside(fields))
    made = Aggregate(function, None if function in _RANKING else argument, name, kind, 0 if counts else argument.scale)
    return Step("window", (made, partition, orders), (*fields, Field(name, made.kind, made.scale)))


@st.composite
def _join(draw: Draw, fields: tuple[Field, ...]) -> Step | None:
    how = draw(st.sampled_from(("inner", "left", "right", "full", "semi", "anti", "cross")))
    other = draw(programs(2, False))
    taken = {one.name for one in fields}
    spare = iter([name for name in (*NAMES, *[f"R{i}" for i in range(30)]) if name not in taken])
    renamed = tuple(
        Field(one.name if one.name not in taken else next(spare), one.kind, one.scale) for one in other.fields
    )
    if len({one.name for one in renamed}) < len(renamed):
        renamed = tuple(Field(f"R{place}", one.kind, one.scale) for place, one in enumerate(renamed))
        if taken & {one.name for one in renamed}:
            return None
    other = Program(other.table, (*other.steps, Step("to_df", tuple(one.name for one in renamed), renamed)))
    pairs = [(a.name, b.name) for a in fields for b in renamed if a.kind == b.kind and a.kind != "float"]
    if how == "cross":
        keys: tuple[tuple[str, str], ...] = ()
    elif pairs:
        keys = tuple(draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=2, unique=True)))
    else:
        return None
    return Step("join", (other, how, keys), fields if how in {"semi", "anti"} else (*fields, *renamed))


@st.composite
def _set_operation(draw: Draw, fields: tuple[Field, ...]) -> Step:
    call = draw(st.sampled_from(("union_all", "union", "intersect", "subtract", "union_all_by_name")))
    other = draw(programs(2, False))
    by_name = call == "union_all_by_name"
    names = [one.name if by_name else f"S{place}" for place, one in enumerate(fields)]
    chosen = tuple((name, draw(_same_type(other.fields, one))) for name, one in zip(names, fields, strict=True))
    select = Step("select", (chosen,), tuple(Field(name, e.kind, e.scale) for name, e in chosen))
    after = tuple(Field(a.name, a.kind, max(a.scale, b[1].scale)) for a, b in zip(fields, chosen, strict=True))
    return Step(call, (Program(other.table, (*other.steps, select)),), after)


def _same_type(fields: tuple[Field, ...], wanted: Field) -> st.SearchStrategy[Expression]:
    columns = [one.expression() for one in fields if (one.kind, one.scale) == (wanted.kind, wanted.scale)]
    literal = _VALUES[wanted.kind].map(lambda value: _literal(value, wanted.kind))
    return st.one_of(st.sampled_from(columns), literal) if columns else literal


_STEPS = (
    _with_column,
    _with_column,
    _select,
    _filter,
    _rename,
    _to_df,
    _drop,
    _distinct,
    _dropna,
    _limit,
    _group_by,
    _group_by,
    _window,
    _window,
    _fillna,
    _unpivot,
    _pivot,
    _rollup,
)
_NESTED = (_join, _join, _set_operation)
