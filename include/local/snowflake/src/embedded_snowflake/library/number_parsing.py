"""Numbers read in Snowflake's formats: TO_NUMBER('1,234.5', '9,999.9'). See number_formats.py."""

from __future__ import annotations

import re
from decimal import Decimal

from embedded_snowflake.library.number_formats import NumberFormat, read_format


def parse_number(value: str, forms: str) -> str | None:
    """Read a number that is written in one of several formats.

    Args:
        value: The text.
        forms: Formats that `read_format` takes, separated by "|".

    Returns:
        The number as plain text; None when no format fits.
    """
    for form in forms.split("|"):
        wanted = read_format(form)
        assert wanted is not None
        number = _parsed(value, wanted)
        if number is not None:
            return number
    return None


def _parsed(value: str, wanted: NumberFormat) -> str | None:
    text = value.strip()
    if not (text.startswith(wanted.before) and text.endswith(wanted.after)):
        return None
    text = text[len(wanted.before) : len(text) - len(wanted.after)].strip()
    negative = False
    if wanted.sign_last:
        if text[-1:] in ("-", "+"):
            negative, text = text[-1] == "-", text[:-1].rstrip()
    elif text[:1] == "-" or (text[:1] == "+" and wanted.sign):
        negative, text = text[0] == "-", text[1:].lstrip()
    if wanted.dollar:
        if text[:1] != "$":
            return None
        text = text[1:].lstrip()
    digits = _minimal_digits(text, wanted) if wanted.minimal else _fixed_digits(text, wanted)
    if digits is None:
        return None
    number = Decimal(digits) / 100 if wanted.percent else Decimal(digits)
    return f"{-number if negative else number:f}"


def _minimal_digits(text: str, wanted: NumberFormat) -> str | None:
    kind = wanted.minimal.upper()
    exponent = {"TM9": "", "TME": r"[eE][+-]?\d+", "TM": r"(?:[eE][+-]?\d+)?"}[kind]
    return text if re.fullmatch(rf"(?:\d+\.?\d*|\.\d+){exponent}", text, re.ASCII) else None


def _fixed_digits(text: str, wanted: NumberFormat) -> str | None:
    whole, point, fraction = text.partition(".")
    positions = wanted.fraction or []
    if (
        (point and wanted.fraction is None)
        or not re.fullmatch(r"\d*", fraction, re.ASCII)
        or len(fraction) > len(positions)
    ):
        return None
    if len(fraction) < max((place + 1 for place, position in enumerate(positions) if position == "0"), default=0):
        return None
    if "," in whole and [len(group) for group in whole.split(",")[1:]] != _group_sizes(wanted)[-whole.count(",") :]:
        return None
    digits = whole.replace(",", "")
    allowed = r"[0-9A-Fa-f]*" if wanted.hexadecimal else r"[0-9]*"
    slots = [position for position in wanted.whole if position != ","]
    needed = next(
        (len(slots) - place for place, position in enumerate(slots) if position == "0"), 0 if wanted.blank else 1
    )
    if not re.fullmatch(allowed, digits) or not needed <= len(digits) <= len(slots) or (not digits and not fraction):
        return None
    if wanted.exact and (
        len(digits) != len(slots) or len(fraction) != len(positions) or whole.count(",") != wanted.whole.count(",")
    ):
        return None
    integer = str(int(digits, 16)) if wanted.hexadecimal else digits or "0"
    return f"{integer}.{fraction}" if fraction else integer


def _group_sizes(wanted: NumberFormat) -> list[int]:
    return [len(group) for group in "".join(wanted.whole).split(",")[1:]]
