"""Functions of arrays that order, compare or join elements. Arrays are DuckDB's JSON. See macros.py."""

from __future__ import annotations

from embedded_snowflake.library.macro_types import Overloads

_SORTED = (
    "to_json(list_concat(case when {first} then {nulls} else [] end, {present}, case when {first} then [] else {nulls}"
    " end))"
)
_NULLS = "list_filter(_sf_list(a), lambda n: n is null or json_type(n) = 'NULL')"


def _sorted(ascending: str, nulls_first: str) -> str:
    present = f"case when {ascending} then _sf_ranked(a) else list_reverse(_sf_ranked(a)) end"
    return _SORTED.format(first=nulls_first, nulls=_NULLS, present=present)


def _counted(element: str, place: str) -> str:
    """Write how often an element occurs in a list up to a place."""
    return f"len(list_filter(list_slice(_sf_list(a), 1, {place}), lambda m: m::varchar = {element}::varchar))"


_IN_OTHER = "len(list_filter(_sf_list(b), lambda m: m::varchar = _sf_list(a)[i]::varchar))"
_PLACES = "range(1, len(_sf_list(a)) + 1)"

ARRAYS: dict[str, Overloads] = {
    # Both compare as multisets: [1, 1, 2] without [1] is [1, 2].
    "ARRAY_EXCEPT": [
        (
            "a, b",
            (
                f"to_json(list_transform(list_filter({_PLACES}, lambda i: {_counted('_sf_list(a)[i]', 'i')} >"
                f" {_IN_OTHER}), lambda i: _sf_list(a)[i]))"
            ),
        )
    ],
    "ARRAY_INTERSECTION": [
        (
            "a, b",
            (
                f"to_json(list_transform(list_filter({_PLACES}, lambda i: {_counted('_sf_list(a)[i]', 'i')} <="
                f" {_IN_OTHER}), lambda i: _sf_list(a)[i]))"
            ),
        )
    ],
    "ARRAY_SORT": [
        ("a", _sorted("true", "false")),
        ("a, u", _sorted("u", "not u")),
        ("a, u, f", _sorted("u", "f")),
    ],
    "ARRAY_MIN": [("a", "_sf_ranked(a)[1]")],
    "ARRAY_MAX": [("a", "_sf_ranked(a)[-1]")],
    "ARRAY_TO_STRING": [
        (
            "a, s",
            (
                "case when a is null or s is null then null when len(_sf_list(a)) = 0 then '' else"
                " list_reduce(list_transform(_sf_list(a), lambda n: coalesce(case when json_type(n) <> 'NULL' then"
                " _sf_text(n) end, '')), lambda x, y: x || s || y) end"
            ),
        )
    ],
    "ARRAY_FLATTEN": [
        (
            "a",
            (
                "case when len(list_filter(_sf_list(a), lambda n: coalesce(json_type(n), '') <> 'ARRAY')) = 0"
                " then to_json(flatten(list_transform(_sf_list(a), lambda n: cast(n as json[])))) end"
            ),
        )
    ],
    "ARRAYS_ZIP": [
        (
            ", ".join(names := [f"a{number}" for number in range(1, count + 1)]),
            f"case when {' or '.join(f'{name} is null' for name in names)} then null else"
            " to_json(list_transform(range(1, 1 + greatest("
            + ", ".join(f"len(_sf_list({name}))" for name in names)
            + ")), lambda i: {"
            + ", ".join(f"'${number}': _sf_list({name})[i]" for number, name in enumerate(names, 1))
            + "})) end",
        )
        for count in range(1, 7)
    ],
    # Counted, not estimated: https://docs.snowflake.com/en/sql-reference/functions/approx_top_k
    "APPROX_TOP_K": [
        (
            parameters,
            (
                "to_json(list_transform(list_slice(list_reverse_sort(list_transform(map_entries(histogram(x)),"
                f" lambda e: {{'c': e.value, 'v': e.key}})), 1, {wanted}), lambda e: [to_json(e.v), to_json(e.c)]))"
            ),
        )
        for parameters, wanted in (("x", "1"), ("x, k", "k"), ("x, k, c", "k"))
    ],
    "ARRAY_UNIQUE_AGG": [("x", "to_json(coalesce(list(distinct x) filter (where x is not null), []))")],
}
