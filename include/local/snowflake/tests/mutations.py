"""Statements that nobody would write: words of good ones left out, doubled, swapped, and put from one into another."""

from __future__ import annotations

import random
import re

from tests.contract.loading import load_cases, load_refusals

_PYTHON = (
    (
        "create or replace temporary function F(X int) returns int language python runtime_version = '3.12' handler ="
        " 'f' as $$\ndef f(x):\n    return x\n$$"
    ),
    (
        "create or replace temporary procedure P(X int) returns table (A int) language python runtime_version = '3.12'"
        " packages = ('snowflake-snowpark-python') handler = 'p' as $$\ndef p(session, x):\n    return"
        " session.sql(f'select {x}')\n$$"
    ),
    "call P(1)",
    "select F(A) from T",
    "describe function F(int)",
    "drop procedure if exists P(int)",
    "put 'file:///tmp/nothing.csv' @~/fuzz auto_compress = false",
    "copy into T from @~/fuzz file_format = (type = csv skip_header = 1) on_error = continue",
)
STATEMENTS = list(dict.fromkeys(sql for case in [*load_cases(), *load_refusals()] for sql in case.sql)) + list(_PYTHON)
_WORD = re.compile(r"\s+|\w+|'[^']*'|\"[^\"]*\"|\S")


def mutated(chance: random.Random) -> str:
    """Make one.

    Args:
        chance: What decides; the same seed gives the same statements.

    Returns:
        A statement, most often a wrong one.
    """
    words = _WORD.findall(chance.choice(STATEMENTS))
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(words))
        match chance.randrange(4):
            case 0 if len(words) > 1:
                del words[place]
            case 1:
                words.insert(place, chance.choice(words))
            case 2:
                words[place] = chance.choice(_WORD.findall(chance.choice(STATEMENTS)))
            case _:
                other = chance.randrange(len(words))
                words[place], words[other] = words[other], words[place]
    return "".join(words)
