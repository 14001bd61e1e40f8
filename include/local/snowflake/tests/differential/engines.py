"""Runs a program: on a Snowpark session, whichever server or emulation is behind it, and on plain pandas."""

from __future__ import annotations

import functools
import itertools
import math
import statistics
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pandas as pd
from snowflake.snowpark import Column, DataFrame, Session, Window
from snowflake.snowpark import functions as F
from snowflake.snowpark.types import StructField, StructType

from tests.differential.expressions import TYPES, quoted, spelled
from tests.differential.programs import Aggregate, Program, Table

Rows = list[tuple[Any, ...]]
Order = tuple[str, bool, bool]  # column, descending, NULLs first


class OnSnowpark:
    """Runs programs on a session.

    Args:
        session: A session of the embedded server, or of Snowpark's local testing.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(self, program: Program) -> tuple[list[str], Rows]:
        """The names of a program's result, as stored, and its rows."""
        frame = self._frame(program)
        rows = [tuple(row) for row in frame.collect()]
        names = [one[1:-1].replace('""', '"') if one.startswith('"') else one for one in frame.columns]
        return names, rows

    def _frame(self, program: Program) -> DataFrame:
        frame = self._table(program.table)
        for step in program.steps:
            frame = getattr(self, step.call)(frame, *step.arguments)
        return frame

    def _table(self, table: Table) -> DataFrame:
        schema = StructType([StructField(quoted(one.name), TYPES[one.kind]) for one in table.fields])
        return self._session.create_dataframe([list(row) for row in table.rows], schema=schema)

    def with_column(self, frame: DataFrame, name: str, expression: Any) -> DataFrame:
        return frame.with_column(spelled(name), expression.column())

    def select(self, frame: DataFrame, chosen: Any) -> DataFrame:
        return frame.select([expression.column().alias(spelled(name)) for name, expression in chosen])

    def filter(self, frame: DataFrame, expression: Any) -> DataFrame:
        return frame.filter(expression.column())

    def rename(self, frame: DataFrame, old: str, new: str) -> DataFrame:
        return frame.with_column_renamed(spelled(old), spelled(new))

    def to_df(self, frame: DataFrame, *names: str) -> DataFrame:
        return frame.to_df(*[spelled(name) for name in names])

    def drop(self, frame: DataFrame, name: str) -> DataFrame:
        return frame.drop(spelled(name))

    def distinct(self, frame: DataFrame) -> DataFrame:
        return frame.distinct()

    def dropna(self, frame: DataFrame, *names: str) -> DataFrame:
        return frame.dropna(subset=[quoted(name) for name in names])

    def limit(self, frame: DataFrame, orders: tuple[Order, ...], count: int) -> DataFrame:
        return frame.sort([_ordered(order) for order in orders]).limit(count)

    def group_by(self, frame: DataFrame, keys: tuple[str, ...], aggregates: tuple[Aggregate, ...]) -> DataFrame:
        made = [_aggregate(one).alias(spelled(one.name)) for one in aggregates]
        return frame.group_by([F.col(spelled(key)) for key in keys]).agg(*made) if keys else frame.agg(*made)

    def rollup(self, frame: DataFrame, keys: tuple[str, ...], aggregates: tuple[Aggregate, ...]) -> DataFrame:
        return frame.rollup([F.col(spelled(key)) for key in keys]).agg(
            *[_aggregate(one).alias(spelled(one.name)) for one in aggregates]
        )

    def cube(self, frame: DataFrame, keys: tuple[str, ...], aggregates: tuple[Aggregate, ...]) -> DataFrame:
        return frame.cube([F.col(spelled(key)) for key in keys]).agg(
            *[_aggregate(one).alias(spelled(one.name)) for one in aggregates]
        )

    def fillna(self, frame: DataFrame, name: str, value: Any) -> DataFrame:
        return frame.fillna({quoted(name): value})

    def unpivot(self, frame: DataFrame, value: str, name: str, columns: tuple[str, ...]) -> DataFrame:
        # Snowpark puts these names into the statement as they are: a reserved word needs its quotes.
        return frame.unpivot(quoted(value), quoted(name), [quoted(one) for one in columns])

    def pivot(
        self, frame: DataFrame, over: str, summed: str, values: tuple[str, ...], kept: tuple[str, ...]
    ) -> DataFrame:
        return frame.pivot(F.col(quoted(over)), list(values)).sum(F.col(quoted(summed)))

    def window(
        self, frame: DataFrame, made: Aggregate, partition: tuple[str, ...], orders: tuple[Order, ...]
    ) -> DataFrame:
        window = (
            Window.partition_by([F.col(spelled(name)) for name in partition])
            if partition
            else Window.partition_by(F.lit(1))
        )
        if made.function not in {"sum", "count", "max"}:
            window = window.order_by([_ordered(order) for order in orders])
        if made.function == "range_sum":
            window = window.range_between(Window.UNBOUNDED_PRECEDING, Window.CURRENT_ROW)
        if made.function.startswith("running"):
            window = window.rows_between(Window.UNBOUNDED_PRECEDING, Window.CURRENT_ROW)
        return frame.with_column(spelled(made.name), _windowed(made).over(window))

    def join(self, frame: DataFrame, other: Program, how: str, keys: tuple[tuple[str, str], ...]) -> DataFrame:
        right = self._frame(other)
        if how == "cross":
            return frame.cross_join(right)
        conditions = [frame[quoted(a)] == right[quoted(b)] for a, b in keys]
        return frame.join(right, functools.reduce(lambda a, b: a & b, conditions), how)

    def union_all(self, frame: DataFrame, other: Program) -> DataFrame:
        return frame.union_all(self._frame(other))

    def union_all_by_name(self, frame: DataFrame, other: Program) -> DataFrame:
        return frame.union_all_by_name(self._frame(other))

    def union(self, frame: DataFrame, other: Program) -> DataFrame:
        return frame.union(self._frame(other))

    def intersect(self, frame: DataFrame, other: Program) -> DataFrame:
        return frame.intersect(self._frame(other))

    def subtract(self, frame: DataFrame, other: Program) -> DataFrame:
        return frame.subtract(self._frame(other))


def _ordered(order: Order) -> Column:
    name, descending, nulls_first = order
    column = F.col(spelled(name))
    if descending:
        return column.desc_nulls_first() if nulls_first else column.desc_nulls_last()
    return column.asc_nulls_first() if nulls_first else column.asc_nulls_last()


def _aggregate(one: Aggregate) -> Column:
    assert one.argument is not None
    column = F.col(spelled(one.argument.name))
    if one.function == "listagg":
        return F.listagg(column, "|").within_group(column)
    return getattr(F, one.function)(column)


def _windowed(one: Aggregate) -> Column:
    if one.function == "ntile":
        return F.ntile(F.lit(3))
    if one.argument is None:
        return getattr(F, one.function)()
    if one.function == "lag_2":
        return F.lag(F.col(spelled(one.argument.name)), 2)
    function = one.function.removeprefix("running_").removeprefix("range_")
    return getattr(F, function)(F.col(spelled(one.argument.name)))


class OnPandas:
    """Runs programs on pandas, with columns of Python's own values; NULL is None."""

    def run(self, program: Program) -> tuple[list[str], Rows]:
        """The names of a program's result, and its rows."""
        with localcontext(prec=100):
            frame = self._frame(program)
        return list(frame.columns), [tuple(row) for row in frame.itertuples(index=False, name=None)]

    def _frame(self, program: Program) -> pd.DataFrame:
        frame = _made([one.name for one in program.table.fields], program.table.rows)
        for step in program.steps:
            frame = getattr(self, step.call)(frame, *step.arguments)
        return frame

    def with_column(self, frame: pd.DataFrame, name: str, expression: Any) -> pd.DataFrame:
        values = _values(frame, expression)
        kept = frame.drop(columns=[name], errors="ignore")
        return _with(kept, name, values)

    def select(self, frame: pd.DataFrame, chosen: Any) -> pd.DataFrame:
        made = pd.DataFrame(index=frame.index)
        for name, expression in chosen:
            made = _with(made, name, _values(frame, expression))
        return made

    def filter(self, frame: pd.DataFrame, expression: Any) -> pd.DataFrame:
        kept = [value is True for value in _values(frame, expression)]
        return frame[pd.Series(kept, index=frame.index, dtype=bool)].reset_index(drop=True)

    def rename(self, frame: pd.DataFrame, old: str, new: str) -> pd.DataFrame:
        return frame.rename(columns={old: new})

    def to_df(self, frame: pd.DataFrame, *names: str) -> pd.DataFrame:
        return frame.set_axis(list(names), axis="columns")

    def drop(self, frame: pd.DataFrame, name: str) -> pd.DataFrame:
        return frame.drop(columns=[name])

    def distinct(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.drop_duplicates(ignore_index=True)

    def dropna(self, frame: pd.DataFrame, *names: str) -> pd.DataFrame:
        return frame.dropna(subset=list(names), ignore_index=True)

    def limit(self, frame: pd.DataFrame, orders: tuple[Order, ...], count: int) -> pd.DataFrame:
        return _sorted(frame, orders).head(count).reset_index(drop=True)

    def group_by(self, frame: pd.DataFrame, keys: tuple[str, ...], aggregates: tuple[Aggregate, ...]) -> pd.DataFrame:
        groups = _groups(frame, keys) if keys else [((), frame)]
        rows = [
            (*key, *[_aggregated(one, list(group[one.argument.name])) for one in aggregates if one.argument])
            for key, group in groups
        ]
        return _made([*keys, *[one.name for one in aggregates]], rows)

    def rollup(self, frame: pd.DataFrame, keys: tuple[str, ...], aggregates: tuple[Aggregate, ...]) -> pd.DataFrame:
        return self._grouping_sets(frame, keys, aggregates, [keys[:count] for count in range(len(keys) + 1)])

    def cube(self, frame: pd.DataFrame, keys: tuple[str, ...], aggregates: tuple[Aggregate, ...]) -> pd.DataFrame:
        sets = [of for count in range(len(keys) + 1) for of in itertools.combinations(keys, count)]
        return self._grouping_sets(frame, keys, aggregates, sets)

    def _grouping_sets(
        self, frame: pd.DataFrame, keys: Any, aggregates: tuple[Aggregate, ...], sets: list[tuple[str, ...]]
    ) -> pd.DataFrame:
        names = [*keys, *[one.name for one in aggregates]]
        parts = [_no_nan(self.group_by(frame, of, aggregates).reindex(columns=names)) for of in sets]
        return pd.concat(parts, ignore_index=True)

    def fillna(self, frame: pd.DataFrame, name: str, value: Any) -> pd.DataFrame:
        return frame.assign(
            **{name: pd.Series([value if one is None else one for one in frame[name]], index=frame.index, dtype=object)}
        )

    def unpivot(self, frame: pd.DataFrame, value: str, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
        kept = [one for one in frame.columns if one not in columns]
        # Not by `iterrows`, which makes NaN of None in a row that has texts beside it.
        named = [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False, name=None)]
        rows = [
            (*[row[one] for one in kept], one, row[one]) for row in named for one in columns if row[one] is not None
        ]
        return _made([*kept, name, value], rows)

    def pivot(
        self, frame: pd.DataFrame, over: str, summed: str, values: tuple[str, ...], kept: tuple[str, ...]
    ) -> pd.DataFrame:
        rows = []
        for key, group in _groups(frame, kept) if kept else [((), frame)]:
            chosen = [
                [v for o, v in zip(group[over], group[summed], strict=True) if o == value and v is not None]
                for value in values
            ]
            rows.append((*key, *[sum(those) if those else None for those in chosen]))
        return _made([*kept, *[f"'{value}'" for value in values]], rows)

    def window(
        self, frame: pd.DataFrame, made: Aggregate, partition: tuple[str, ...], orders: tuple[Order, ...]
    ) -> pd.DataFrame:
        parts = []
        for _, group in _groups(frame, partition) if partition else [((), frame)]:
            ordered = _sorted(group, orders)
            parts.append(_with(ordered.reset_index(drop=True), made.name, _over(made, ordered, orders)))
        return pd.concat(parts, ignore_index=True) if parts else _with(frame, made.name, [])

    def join(self, frame: pd.DataFrame, other: Program, how: str, keys: tuple[tuple[str, str], ...]) -> pd.DataFrame:
        right = self._frame(other)
        if how == "cross":
            return _no_nan(frame.merge(right, how="cross"))
        # pandas joins NULLs with NULLs: rows with one in a key match nothing here.
        left_keys, right_keys = [a for a, _ in keys], [b for _, b in keys]
        left_rows, right_rows = frame.assign(**{_LEFT: range(len(frame))}), right.assign(**{_RIGHT: range(len(right))})
        able, able_right = left_rows.dropna(subset=left_keys), right_rows.dropna(subset=right_keys)
        matched = able.merge(able_right, how="inner", left_on=left_keys, right_on=right_keys)
        if how in {"semi", "anti"}:
            found = left_rows[_LEFT].isin(matched[_LEFT])
            return frame[found if how == "semi" else ~found].reset_index(drop=True)
        parts = [matched]
        if how in {"left", "full"}:
            parts.append(left_rows[~left_rows[_LEFT].isin(matched[_LEFT])])
        if how in {"right", "full"}:
            parts.append(right_rows[~right_rows[_RIGHT].isin(matched[_RIGHT])])
        columns = [*frame.columns, *right.columns]
        rows = [
            tuple(row)
            for part in parts
            for row in part.reindex(columns=columns).astype(object).itertuples(index=False, name=None)
        ]
        return _no_nan(_made(columns, rows))

    def union_all(self, frame: pd.DataFrame, other: Program) -> pd.DataFrame:
        right = self._frame(other).set_axis(list(frame.columns), axis="columns")
        return pd.concat([frame, right], ignore_index=True)

    def union_all_by_name(self, frame: pd.DataFrame, other: Program) -> pd.DataFrame:
        return pd.concat([frame, self._frame(other)[list(frame.columns)]], ignore_index=True)

    def union(self, frame: pd.DataFrame, other: Program) -> pd.DataFrame:
        return self.union_all(frame, other).drop_duplicates(ignore_index=True)

    def intersect(self, frame: pd.DataFrame, other: Program) -> pd.DataFrame:
        return self._kept(frame, other, True)

    def subtract(self, frame: pd.DataFrame, other: Program) -> pd.DataFrame:
        return self._kept(frame, other, False)

    def _kept(self, frame: pd.DataFrame, other: Program, there: bool) -> pd.DataFrame:
        known = set(self._frame(other).itertuples(index=False, name=None))
        rows = [tuple(row) for row in frame.drop_duplicates().itertuples(index=False, name=None)]
        return _made(list(frame.columns), [row for row in rows if (row in known) is there])


_LEFT, _RIGHT = "\0left", "\0right"


def _made(names: list[str], rows: Any) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    frame = pd.DataFrame(index=range(len(rows)))
    for name, values in zip(names, columns, strict=True):
        frame = _with(frame, name, list(values))
    return frame


def _with(frame: pd.DataFrame, name: str, values: list[Any]) -> pd.DataFrame:
    # As objects: pandas would make numbers of None, and integers floats.
    return pd.concat([frame, pd.Series(values, index=frame.index, name=name, dtype=object)], axis="columns")


def _no_nan(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)


def _values(frame: pd.DataFrame, expression: Any) -> list[Any]:
    names = list(frame.columns)
    return [expression.value(dict(zip(names, row, strict=True))) for row in frame.itertuples(index=False, name=None)]


def _groups(frame: pd.DataFrame, keys: tuple[str, ...]) -> list[tuple[tuple[Any, ...], pd.DataFrame]]:
    places: dict[tuple[Any, ...], list[int]] = {}
    for place, key in enumerate(frame[list(keys)].itertuples(index=False, name=None)):
        places.setdefault(tuple(key), []).append(place)
    return [(key, frame.iloc[rows]) for key, rows in places.items()]


def _sorted(frame: pd.DataFrame, orders: tuple[Order, ...]) -> pd.DataFrame:
    for name, descending, nulls_first in reversed(orders):
        null = frame[name].isna()
        known = frame[~null]
        places = sorted(
            range(len(known)), key=lambda place, values=list(known[name]): values[place], reverse=descending
        )  # type: ignore[misc]
        parts = [frame[null], known.iloc[places]] if nulls_first else [known.iloc[places], frame[null]]
        frame = pd.concat(parts)
    return frame


def _scaled(value: Any, one: Aggregate) -> Any:
    if one.kind == "decimal":
        return Decimal(value).quantize(Decimal(1).scaleb(-one.scale), ROUND_HALF_UP)
    return value


def _aggregated(one: Aggregate, values: list[Any]) -> Any:
    there = [value for value in values if value is not None]
    if one.function == "count":
        return len(there)
    if one.function in {"count_distinct", "approx_count_distinct"}:
        return len(set(there))
    if one.function == "listagg":
        return "|".join(sorted(there))
    if not there or (one.function in {"stddev", "variance"} and len(there) < 2):
        return None
    if one.function == "avg":
        return _scaled(sum(map(_wide, there)) / len(there), one)
    if one.function == "median":
        return _scaled(statistics.median(map(_wide, there)), one)
    if one.function in {"variance", "stddev"}:
        variance = statistics.variance(map(_wide, there))
        if isinstance(
            variance, Decimal
        ):  # the root of a variance that is rounded: 0.8164967850518458 in Snowpark's own tests
            variance = variance.quantize(Decimal("0.000001"), ROUND_HALF_UP)
        return variance if one.function == "variance" else math.sqrt(variance)
    return {"sum": sum, "min": min, "max": max, "booland_agg": all, "boolor_agg": any}[one.function](there)


def _wide(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) else value


def _over(made: Aggregate, ordered: pd.DataFrame, orders: tuple[Order, ...]) -> list[Any]:
    count = len(ordered)
    values = list(ordered[made.argument.name]) if made.argument else [None] * count
    if made.function == "row_number":
        return list(range(1, count + 1))
    if made.function in {"rank", "dense_rank"}:
        return _ranks(list(ordered[orders[0][0]]), made.function == "dense_rank")
    if made.function == "ntile":
        return [place for place, size in enumerate(_tiles(count, 3), 1) for _ in range(size)]
    if made.function in {"percent_rank", "cume_dist", "range_sum"}:
        return _by_peers(made, list(ordered[orders[0][0]]), values)
    if made.function == "lag_2":
        return [None, None, *values][:count]
    if made.function == "lag":
        return [None, *values[:-1]][:count]
    if made.function == "lead":
        return [*values[1:], None][:count]
    if made.function in {"first_value", "last_value"}:
        return [values[0 if made.function == "first_value" else -1]] * count if count else []
    whole = not made.function.startswith("running")
    frames = [values if whole else values[: place + 1] for place in range(count)]
    single = Aggregate(made.function.removeprefix("running_"), made.argument, made.name, made.kind, made.scale)
    return [_aggregated(single, frame) for frame in frames]


def _tiles(count: int, tiles: int) -> list[int]:
    return [count // tiles + (1 if tile < count % tiles else 0) for tile in range(tiles)]


def _by_peers(made: Aggregate, keys: list[Any], values: list[Any]) -> list[Any]:
    """What depends on the rows up to the last one that is equal in the order."""
    count = len(keys)
    upto = [max(place for place in range(count) if keys[place] == key) + 1 for key in keys]
    if made.function == "cume_dist":
        return [end / count for end in upto]
    if made.function == "percent_rank":
        return [(rank - 1) / (count - 1) if count > 1 else 0.0 for rank in _ranks(keys, False)]
    single = Aggregate("sum", made.argument, made.name, made.kind, made.scale)
    return [_aggregated(single, values[:end]) for end in upto]


def _ranks(keys: list[Any], dense: bool) -> list[int]:
    ranks: list[int] = []
    for place, key in enumerate(keys):
        if place and key == keys[place - 1]:
            ranks.append(ranks[-1])
        else:
            ranks.append((ranks[-1] if ranks else 0) + 1 if dense else place + 1)
    return ranks
