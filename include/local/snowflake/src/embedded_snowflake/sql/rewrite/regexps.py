"""Rewrite regular expressions: to DuckDB's functions where they mean the same, to the library's where they do not."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.library.native import NATIVE

_ONE = exp.Literal.number(1)
# Parameters that mean the same to DuckDB, and e, which is not passed on.
_SHARED = frozenset("cise")


def _argument(arguments: list[exp.Expr], place: int, default: exp.Expr) -> exp.Expr:
    return arguments[place] if len(arguments) > place else default.copy()


def _text(arguments: list[exp.Expr], place: int) -> str | None:
    """Give the constant at a place, or the default there; None when it is no constant."""
    argument = _argument(arguments, place, exp.Literal.string("c"))
    return argument.name.lower() if isinstance(argument, exp.Literal) else None


def _is_one(arguments: list[exp.Expr], place: int) -> bool:
    return _argument(arguments, place, _ONE) == _ONE


def _native(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Call the library's function, whose numbers are BIGINT."""
    return exp.Anonymous(this=NATIVE + name, expressions=list(arguments))


def _number(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, "BIGINT")


def _count(arguments: list[exp.Expr]) -> exp.Expr:
    parameters = _argument(arguments, 3, exp.Literal.string("c"))
    return _native("regexp_part_count", *arguments[:2], _number(_argument(arguments, 2, _ONE)), parameters)


def _replace(arguments: list[exp.Expr]) -> exp.Expr:
    replacement = _argument(arguments, 2, exp.Literal.string(""))
    if len(arguments) <= 3:
        return exp.Anonymous(this="regexp_replace", expressions=[*arguments[:2], replacement, exp.Literal.string("g")])
    occurrence = _argument(arguments, 4, exp.Literal.number(0))
    parameters = _argument(arguments, 5, exp.Literal.string("c"))
    return _native(
        "regexp_part_replace", *arguments[:2], replacement, _number(arguments[3]), _number(occurrence), parameters
    )


def _instr(arguments: list[exp.Expr]) -> exp.Expr:
    numbers = [
        _number(_argument(arguments, place, default))
        for place, default in ((2, _ONE), (3, _ONE), (4, exp.Literal.number(0)))
    ]
    parameters = _argument(arguments, 5, exp.Literal.string("c" if len(arguments) < 7 else "e"))
    return _native("regexp_place", *arguments[:2], *numbers, parameters, _number(_argument(arguments, 6, _ONE)))


def _group(arguments: list[exp.Expr]) -> exp.Expr:
    """Tell the group: the given one, the first with the parameter e, the whole match without."""
    return _argument(arguments, 5, exp.Literal.number(1 if "e" in (_text(arguments, 4) or "") else 0))


def _all(arguments: list[exp.Expr]) -> exp.Expr:
    parameters = _text(arguments, 4)
    if _is_one(arguments, 2) and parameters is not None and set(parameters) <= _SHARED:
        options = exp.Literal.string(parameters.replace("e", "") or "c")
        return exp.Anonymous(this="regexp_extract_all", expressions=[*arguments[:2], _group(arguments), options])
    shown = _argument(arguments, 4, exp.Literal.string("c"))
    return _native(
        "regexp_parts", *arguments[:2], _number(_argument(arguments, 2, _ONE)), shown, _number(_group(arguments))
    )


def _substr(arguments: list[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this="list_extract", expressions=[_all(arguments), _argument(arguments, 3, _ONE)])


def _substr_all(arguments: list[exp.Expr]) -> exp.Expr:
    occurrence = _argument(arguments, 3, _ONE)
    found = _all(arguments)
    if occurrence != _ONE:
        found = exp.Anonymous(this="list_slice", expressions=[found, occurrence, exp.Literal.number(-1)])
    return exp.Anonymous(this=f"{PREFIX}to_variant", expressions=[found])


REGEXPS: dict[str, Callable[[list[exp.Expr]], exp.Expr]] = {
    "REGEXP_COUNT": _count,
    "REGEXP_REPLACE": _replace,
    "REGEXP_INSTR": _instr,
    "REGEXP_SUBSTR": _substr,
    "REGEXP_SUBSTR_ALL": _substr_all,
    "REGEXP_EXTRACT_ALL": _substr_all,
}
