"""Find out which part of a node is which argument, by letting sqlglot parse a call of each function."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp, parse_one
from sqlglot.errors import ParseError

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.sql.parse.grammar import EmbeddedSnowflake
from embedded_snowflake.sql.resolve.signatures import SIGNATURES

_MORE = 3  # arguments of which a call is tried where any number may follow


@dataclass
class Signature:
    """What a node takes and gives.

    Attributes:
        gives: Family of its value.
        families: Family of each argument that a call keeps in their order.
        parts: Family of each argument that stands in a part of the node's own: its name, and its place in a list.
    """

    gives: str
    families: list[str] = field(default_factory=list)
    parts: dict[tuple[str, int | None], str] = field(default_factory=dict)


def signature_of(node: exp.Expr) -> Signature | None:
    """Look a function up.

    Args:
        node: Any node; a macro of the library counts as the function that it stands for.

    Returns:
        What it takes and gives; None when it is not in the table.
    """
    if isinstance(node, exp.Anonymous):
        return _table().get(str(node.this).removeprefix(PREFIX).upper())
    return _classes().get(type(node))


def arguments_of(node: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    """List the arguments of a function.

    Args:
        node: Any node.

    Yields:
        Each argument, and the family that is wanted of it.
    """
    signature = signature_of(node)
    if signature is None:
        return
    if isinstance(node, exp.Anonymous):
        yield from zip(node.expressions, signature.families, strict=False)
        return
    for (name, place), family in signature.parts.items():
        value = node.args.get(name)
        if isinstance(value, list) and place is not None:
            value = value[place] if place < len(value) else None
        if isinstance(value, exp.Expr):
            yield value, family
    if signature.families:  # more than were tried
        yield from ((value, signature.families[-1]) for value in node.expressions[_MORE:])


@functools.cache
def _table() -> dict[str, Signature]:
    found = {}
    for name, text in SIGNATURES.items():
        taken, _, gives = text.partition(" -> ")
        families = taken.split()
        if families[-1].endswith("*"):
            families = [*families[:-1], *[families[-1].rstrip("*")] * 50]
        found[name] = Signature(gives, families)
    return found


@functools.cache
def _classes() -> dict[type[exp.Expr], Signature]:
    found: dict[type[exp.Expr], Signature] = {}
    for name, signature in _table().items():
        written = len(SIGNATURES[name].partition(" -> ")[0].split())
        repeats = len(signature.families) > written
        for number in range(1, written + (_MORE if repeats else 1)):
            node = _parsed(name, signature.families[:number])
            if node is None or isinstance(node, exp.Anonymous):
                continue
            kept = found.setdefault(type(node), Signature(signature.gives, signature.families[-1:] if repeats else []))
            for column in node.find_all(exp.Column):
                if column.parent is node and column.name.startswith("_") and column.arg_key is not None:
                    kept.parts[column.arg_key, column.index] = signature.families[int(column.name[1:])]
    return found


def _parsed(name: str, families: list[str]) -> exp.Expr | None:
    units = {"DATE_TRUNC": "'day'"}
    written = ", ".join(
        units.get(name, "day") if family == "unit" else f"_{place}" for place, family in enumerate(families)
    )
    try:
        parsed: exp.Expr = parse_one(f"select {name}({written})", dialect=EmbeddedSnowflake).expressions[0]
    except (ParseError, SnowflakeError, AttributeError):  # too few arguments
        return None
    return parsed
