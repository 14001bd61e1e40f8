"""Snowflake's number formats, and numbers written in them: TO_CHAR(n, '999,990.00').

Elements and rules: https://docs.snowflake.com/en/sql-reference/sql-format-models#numeric-format-models
Exponents (EE …), lax spaces (_) and the parameters of TM9 are left out: `read_format` refuses them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import NoReturn

from embedded_snowflake.errors import SnowflakeError, not_supported

_LITERALS = ";:-=/()"
_WORDS = ("FM", "FX", "TM9", "TME", "TM", "MI")
_TEXT = {"TM9", "TME", "TM"}
_ROUNDING = Context(prec=80, rounding=ROUND_HALF_UP)


@dataclass
class NumberFormat:
    """A format taken apart.

    Attributes:
        text: As written.
        before: Literal text before the number.
        after: Literal text behind it.
        whole: Digit positions and group separators of the integer part: 0, 9, X, x and ",".
        fraction: Digit positions behind the point; None without a point.
        minimal: TM9, TME or TM; "" for a format of fixed positions.
        sign: S, MI or "" for the sign that is written only when it is negative.
        sign_last: Whether the sign stands behind the digits.
        compact: FM: no blanks.
        exact: FX: nothing may be left out in a text that is read.
        dollar: Whether a dollar sign stands before the digits.
        blank: B: a zero before the point is a blank.
        percent: Whether the number is written in hundredths.
    """

    text: str
    before: str = ""
    after: str = ""
    whole: list[str] = field(default_factory=list)
    fraction: list[str] | None = None
    minimal: str = ""
    sign: str = ""
    sign_last: bool = False
    compact: bool = False
    exact: bool = False
    dollar: bool = False
    blank: bool = False
    percent: bool = False

    @property
    def hexadecimal(self) -> bool:
        """Whether its digits are hexadecimal."""
        return any(position in "Xx" for position in self.whole)


@lru_cache(maxsize=500)
def read_format(text: str) -> NumberFormat | None:
    """Take a number format apart.

    Args:
        text: Snowflake's format.

    Returns:
        The format; None when it is not a number format.

    Raises:
        SnowflakeError: It is not supported.
    """
    found = NumberFormat(text)
    rest = text
    while rest:
        word = next((name for name in _WORDS if rest.upper().startswith(name)), rest[0].upper())
        started = bool(found.whole or found.fraction is not None or found.minimal)
        taken = len(word)
        if word == '"':
            literal, taken = _quoted(rest)
            _add_literal(found, literal, started)
        elif word in _LITERALS or (word in ".," and not started):
            _add_literal(found, word, started)
        elif found.after and word not in ("MI", "S"):
            _refuse(text)
        elif word in ("0", "9", "X"):
            (found.whole if found.fraction is None else found.fraction).append(rest[0])
        elif word in (".", "D") and found.fraction is None and not found.minimal:
            found.fraction = []
        elif word in (",", "G") and found.fraction is None and not found.minimal:
            found.whole.append(",")
        elif word in ("S", "MI") and not found.sign:
            found.sign, found.sign_last = word, started
        elif word in _TEXT and not started:
            found.minimal = word if rest[0] == "T" else word.lower()
        elif word == "$" and not found.dollar:
            found.dollar = True
        elif word == "B" and not started:
            found.blank = True
        elif word == "%" and started:
            found.percent = True
            found.after += "%"
        elif word in ("FM", "FX"):
            found.compact, found.exact = found.compact or word == "FM", found.exact or word == "FX"
        elif word in ("E", "_") and started:
            _refuse(text)
        else:
            return None
        rest = rest[taken:]
    return found if found.whole or found.fraction or found.minimal else None


def write_number(value: str, form: str) -> str:
    """Write a number in a format.

    Args:
        value: The number, as DuckDB writes it.
        form: A format that `read_format` takes.

    Returns:
        Its text.
    """
    wanted = read_format(form)
    assert wanted is not None
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise SnowflakeError(f"Numeric value '{value}' is not recognized", 100038, "22018") from None
    if wanted.percent and number.is_finite():
        number *= 100
    if wanted.minimal:
        return _minimal(number, wanted)
    return wanted.before + _fixed(number, wanted) + wanted.after


def _refuse(text: str) -> NoReturn:
    raise not_supported(f"the number format '{text}'")


def _quoted(text: str) -> tuple[str, int]:
    match = re.match(r'"((?:[^"]|"")*)"', text)
    if match is None:
        _refuse(text)
    return match.group(1).replace('""', '"'), match.end()


def _add_literal(found: NumberFormat, literal: str, started: bool) -> None:
    if started:
        found.after += literal
    else:
        found.before += literal


def _sign(negative: bool, wanted: NumberFormat) -> str:
    if wanted.sign == "S":
        return "-" if negative else "+"
    return "-" if negative else " "


def _fixed(number: Decimal, wanted: NumberFormat) -> str:
    negative = number.is_signed() and number != 0
    positions = [position for position in wanted.whole if position != ","]
    places = len(wanted.fraction or [])
    overflow = not number.is_finite()
    rounded = Decimal(0) if overflow else number.quantize(Decimal(1).scaleb(-places), context=_ROUNDING)
    negative = negative and rounded != 0
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    if wanted.hexadecimal:
        whole = _hexadecimal(int(rounded), len(positions), wanted)
    whole = whole.lstrip("0")
    overflow = overflow or len(whole) > len(positions)
    integer = "".join(_whole_digits(whole, wanted, overflow))
    if wanted.fraction is not None:
        integer += "." + ("#" * places if overflow else _fraction_digits(fraction, wanted.fraction))
    body = integer.lstrip(" ")
    blanks = " " * (len(integer) - len(body))
    dollar = "$" if wanted.dollar else ""
    mark = _sign(negative, wanted)
    if wanted.sign_last:
        shown = blanks + dollar + body + mark
    elif wanted.sign == "MI":
        shown = mark + blanks + dollar + body
    elif wanted.hexadecimal and not wanted.sign:
        shown = blanks + body
    else:
        shown = blanks + mark + dollar + body
    return shown.replace(" ", "") if wanted.compact else shown


def _hexadecimal(value: int, digits: int, wanted: NumberFormat) -> str:
    if value < 0 and not wanted.sign and -value <= 16**digits // 2:
        value += 16**digits
    upper = "X" in wanted.whole
    return f"{abs(value):{'X' if upper else 'x'}}"


def _whole_digits(digits: str, wanted: NumberFormat, overflow: bool) -> list[str]:
    """Fill the positions of the integer part from the right."""
    written: list[str] = []
    waiting = list(digits)
    positions = wanted.whole
    # Every position from the first 0 on is written, and the last one unless B is given.
    first = next((place for place, position in enumerate(positions) if position == "0"), len(positions))
    if not wanted.blank:
        first = min(first, len(positions) - 1)
    for place in range(len(positions) - 1, -1, -1):
        if positions[place] == ",":
            written.append("," if waiting or overflow or place > first else " ")
        elif overflow:
            written.append("#")
        elif waiting:
            written.append(waiting.pop())
        else:
            written.append("0" if place >= first else " ")
    return written[::-1]


def _fraction_digits(digits: str, positions: list[str]) -> str:
    kept = max(
        (place + 1 for place, position in enumerate(positions) if position == "0" or digits[place] != "0"), default=0
    )
    return digits[:kept] + " " * (len(positions) - kept)


def _minimal(number: Decimal, wanted: NumberFormat) -> str:
    magnitude = abs(number)
    positional = f"{magnitude:f}"
    if wanted.percent and "." in positional:
        positional = positional.rstrip("0").rstrip(".")
    kind = wanted.minimal.upper()
    shown = positional
    if kind != "TM9":
        digits = f"{magnitude.normalize():E}".replace("E+", "E") if magnitude else "0E0"
        scientific = digits if wanted.minimal.isupper() else digits.lower()
        shown = scientific if kind == "TME" or len(scientific) < len(positional) else positional
    negative = number.is_signed() and number != 0
    mark = _sign(negative, wanted) if wanted.sign else "-" if negative else ""
    shown = ("$" if wanted.dollar else "") + shown
    return wanted.before + (shown + mark if wanted.sign_last else mark + shown) + wanted.after
