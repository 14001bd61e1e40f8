"""The operations that random programs are made of, one a line: what it is for Snowpark, and what it is in Python."""

from __future__ import annotations

import calendar
import datetime
import hashlib
import math
import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from snowflake.snowpark import functions as F
from snowflake.snowpark.types import DateType, DecimalType, DoubleType, LongType, StringType

from tests.differential.expressions import TYPES, Operation


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: bool | None, right: bool | None) -> bool | None:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _months_later(date: datetime.date, months: int) -> datetime.date:
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


def _last_day(date: datetime.date) -> datetime.date:
    return date.replace(day=calendar.monthrange(date.year, date.month)[1])


def _number(text: str) -> int | None:
    text = text.strip(" ")
    return int(text) if text.lstrip("+-").isdigit() and len(text) - len(text.lstrip("+-")) <= 1 else None


def _substring(text: str, start: int, length: int) -> str:
    begin = max(start - 1, 0) if start >= 0 else len(text) + start
    return "" if begin < 0 or length <= 0 else text[begin : begin + length]


def _part(text: str, delimiter: str, place: int) -> str:
    parts = text.split(delimiter) if delimiter else [text]
    index = place - 1 if place > 0 else place + len(parts) if place < 0 else 0
    return parts[index] if 0 <= index < len(parts) else ""


def _padded(text: str, length: int, pad: str) -> str:
    missing = length - len(text)
    return (pad * length)[:missing] + text if missing > 0 else text[:length]


def _like(text: str, pattern: str) -> bool:
    if pattern.startswith("%") and pattern.endswith("%") and len(pattern) > 1:
        return pattern.strip("%") in text
    return text.startswith(pattern[:-1]) if pattern.endswith("%") else text.endswith(pattern[1:])


def _sum_scale(*scales: int) -> int:
    return max(scales)


def _of_digits(digits: int, *_: int) -> int:
    """A text beside a whole number.

    A constant has its own digits, here none after the point, a column those of NUMBER(18, 5).
    """
    return digits


def _quotient_scale(left: int, right: int) -> int:
    return max(left, min(left + 6, 12))


def _shown(value: Decimal) -> str:
    return f"{value:f}"


def _time_shown(value: datetime.datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03d}"


HOUR = datetime.timedelta(hours=1)


def _hour(value: datetime.datetime) -> datetime.datetime:
    return value.replace(minute=0, second=0, microsecond=0)


def _minute(value: datetime.datetime) -> datetime.datetime:
    return value.replace(second=0, microsecond=0)


def _exact(value: Any) -> Decimal:
    return Decimal(value)


def _to_digits(value: Decimal, scale: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


CONSTANTS: dict[str, tuple[Any, ...]] = {
    "divisor": (1, 2, 3, 7, -4),
    "days": (-40, -1, 0, 1, 31, 366),
    "months": (-13, -1, 0, 1, 12),
    "hours": (-25, -1, 1, 48),
    "count": (0, 1, 2, 5),
    "start": (1, 2, 3, -1, -2),
    "place": (1, 2, -1, 5),
    "begin": (1,),
    "one": (0, 1),
    "letter": ("a", "b", " ", "é"),
    "pattern": ("a%", "%b", "%b%", "%é%"),
}

_IFF: Any = lambda test, then, other: then if test is True else other  # noqa: E731
_COALESCE: Any = lambda first, second: second if first is None else first  # noqa: E731


def _choices() -> dict[str, Operation]:
    """COALESCE, IFF, NULLIF, GREATEST and LEAST of every kind."""
    found: dict[str, Operation] = {}
    for kind in ("int", "decimal", "float", "text", "bool", "date", "time"):
        found[f"coalesce_{kind}"] = Operation(kind, (kind, kind), F.coalesce, _COALESCE, False, _sum_scale)
        found[f"iff_{kind}"] = Operation(kind, ("bool", kind, kind), F.iff, _IFF, False, lambda _, *scales: max(scales))
        found[f"nullif_{kind}"] = Operation(
            kind, (kind, kind), F.nullif, lambda a, b: None if a == b else a, False, lambda a, b: a
        )
        if kind != "bool":
            found[f"greatest_{kind}"] = Operation(kind, (kind, kind), F.greatest, max, scale=_sum_scale)
            found[f"least_{kind}"] = Operation(kind, (kind, kind), F.least, min, scale=_sum_scale)
    return found


def _comparisons() -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    pairs = [(kind, kind) for kind in ("int", "decimal", "float", "text", "bool", "date", "time")]
    for left, right in [*pairs, ("int", "decimal"), ("int", "float"), ("date", "time")]:
        name = left if left == right else f"{left}_{right}"
        as_time: Any = _midnight if right == "time" else lambda value: value
        found[f"equal_{name}"] = Operation(
            "bool", (left, right), lambda a, b: a == b, lambda a, b, t=as_time: t(a) == t(b)
        )
        found[f"unequal_{name}"] = Operation(
            "bool", (left, right), lambda a, b: a != b, lambda a, b, t=as_time: t(a) != t(b)
        )
        found[f"less_{name}"] = Operation(
            "bool", (left, right), lambda a, b: a < b, lambda a, b, t=as_time: t(a) < t(b)
        )
        found[f"least_or_equal_{name}"] = Operation(
            "bool", (left, right), lambda a, b: a <= b, lambda a, b, t=as_time: t(a) <= t(b)
        )
        found[f"same_{name}"] = Operation(
            "bool",
            (left, right),
            F.equal_null,
            lambda a, b, t=as_time: (a is None and b is None) or (None not in (a, b) and t(a) == t(b)),
            False,
        )
    for kind in ("int", "decimal", "float", "text", "bool", "date", "time"):
        found[f"is_null_{kind}"] = Operation("bool", (kind,), lambda a: a.is_null(), lambda a: a is None, False)
    return found


def _midnight(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime.combine(value, datetime.time())
    return value


def _conversions() -> dict[str, Operation]:
    """Texts where numbers are wanted, numbers and dates where texts are: what Snowflake converts by itself."""
    return {
        "digits_minus_int": Operation(
            "decimal", ("digits", "int"), lambda a, b: a - b, lambda a, b: _exact(a) - b, scale=_of_digits
        ),
        "digits_times_int": Operation(
            "decimal", ("digits", "int"), lambda a, b: a * b, lambda a, b: _exact(a) * b, scale=_of_digits
        ),
        "digits_equal_int": Operation("bool", ("digits", "int"), lambda a, b: a == b, lambda a, b: int(a) == b),
        "digits_less_int": Operation("bool", ("digits", "int"), lambda a, b: a < b, lambda a, b: int(a) < b),
        "abs_digits": Operation("decimal", ("digits",), F.abs, lambda a: abs(_exact(a)), scale=_of_digits),
        "upper_int": Operation("text", ("int",), F.upper, str),
        "left_date": Operation("text", ("date", "int!count"), F.left, lambda a, n: a.isoformat()[:n]),
        "concat_text_int": Operation("text", ("text", "int"), F.concat, lambda a, b: a + str(b)),
        "concat_text_date": Operation("text", ("text", "date"), F.concat, lambda a, b: a + b.isoformat()),
        "length_int": Operation("int", ("int",), F.length, lambda a: len(str(a))),
    }


OPERATIONS: dict[str, Operation] = {
    "add": Operation("int", ("int", "int"), lambda a, b: a + b, lambda a, b: a + b),
    "subtract": Operation("int", ("int", "int"), lambda a, b: a - b, lambda a, b: a - b),
    "multiply": Operation("int", ("int", "int!divisor"), lambda a, b: a * b, lambda a, b: a * b),
    "modulo": Operation(
        "int", ("int", "int!divisor"), lambda a, b: a % b, lambda a, b: int(math.copysign(abs(a) % abs(b), a))
    ),
    "abs": Operation("int", ("int",), F.abs, abs),
    "negate": Operation("int", ("int",), lambda a: -a, lambda a: -a),
    "sign": Operation("int", ("int",), F.sign, lambda a: (a > 0) - (a < 0)),
    "length": Operation("int", ("text",), F.length, len),
    "charindex": Operation("int", ("text!letter", "text"), F.charindex, lambda a, b: b.find(a) + 1),
    "ascii": Operation("int", ("text",), F.ascii, lambda a: ord(a[0]) if a else 0),
    "floor": Operation("int", ("decimal",), lambda a: F.floor(a).cast(LongType()), math.floor),
    "ceil": Operation("int", ("decimal",), lambda a: F.ceil(a).cast(LongType()), math.ceil),
    "to_int": Operation(
        "int", ("decimal",), lambda a: a.cast(LongType()), lambda a: int(a.quantize(Decimal(1), ROUND_HALF_UP))
    ),
    "digits_to_int": Operation("int", ("digits",), lambda a: a.cast(LongType()), int),
    "try_to_int": Operation("int", ("text",), lambda a: a.try_cast(LongType()), _number),
    "bool_to_int": Operation("int", ("bool",), lambda a: a.cast(LongType()), int),
    "days_between": Operation("int", ("date", "date"), lambda a, b: F.datediff("day", a, b), lambda a, b: (b - a).days),
    "months_apart": Operation(
        "int",
        ("date", "date"),
        lambda a, b: F.datediff("month", a, b),
        lambda a, b: (b.year - a.year) * 12 + b.month - a.month,
    ),
    "year": Operation("int", ("date",), F.year, lambda a: a.year),
    "month": Operation("int", ("date",), F.month, lambda a: a.month),
    "day_of_year": Operation("int", ("date",), F.dayofyear, lambda a: a.timetuple().tm_yday),
    "hour": Operation("int", ("time",), F.hour, lambda a: a.hour),
    "add_decimal": Operation(
        "decimal", ("decimal", "decimal"), lambda a, b: a + b, lambda a, b: a + b, scale=_sum_scale
    ),
    "decimal_minus_int": Operation(
        "decimal", ("decimal", "int"), lambda a, b: a - b, lambda a, b: a - b, scale=_sum_scale
    ),
    # Few digits: "integer multiplication […] an intermediate result might cause an overflow" (Arithmetic operators).
    "multiply_decimal": Operation(
        "decimal",
        ("decimal", "decimal"),
        lambda a, b: a.cast(DecimalType(38, 2)) * b.cast(DecimalType(38, 2)),
        lambda a, b: _to_digits(a, 2) * _to_digits(b, 2),
        scale=lambda *_: 4,
    ),
    "share": Operation(
        "decimal",
        ("decimal",),
        lambda a: a.cast(DecimalType(38, 8)) * F.lit(Decimal("0.12345678")).cast(DecimalType(10, 8)),
        lambda a: _to_digits(a, 8) * Decimal("0.12345678"),
        scale=lambda *_: 12,
    ),
    "divide": Operation(
        "decimal", ("int", "int!divisor"), lambda a, b: a / b, lambda a, b: Decimal(a) / b, scale=_quotient_scale
    ),
    "divide_decimal": Operation(
        "decimal", ("decimal", "int!divisor"), lambda a, b: a / b, lambda a, b: a / b, scale=_quotient_scale
    ),
    "round": Operation(
        "decimal",
        ("decimal",),
        lambda a: F.round(a, 1),
        lambda a: a.quantize(Decimal("0.1"), ROUND_HALF_UP),
        scale=lambda s: s,
    ),
    "to_decimal": Operation("decimal", ("int",), lambda a: a.cast(DecimalType(20, 3)), _exact, scale=lambda *_: 3),
    "add_float": Operation("float", ("float", "float"), lambda a, b: a + b, lambda a, b: a + b),
    "float_times_int": Operation("float", ("float", "int!divisor"), lambda a, b: a * b, lambda a, b: a * b),
    "divide_float": Operation("float", ("float", "int!divisor"), lambda a, b: a / b, lambda a, b: a / b),
    "to_float": Operation("float", ("int",), lambda a: a.cast(DoubleType()), float),
    "sqrt": Operation("float", ("float",), lambda a: F.sqrt(F.abs(a)), lambda a: math.sqrt(abs(a))),
    "upper": Operation("text", ("text",), F.upper, str.upper),
    "lower": Operation("text", ("text",), F.lower, str.lower),
    "concat": Operation("text", ("text", "text"), F.concat, lambda a, b: a + b),
    "substring": Operation("text", ("text", "int!start", "int!count"), F.substring, _substring),
    "left": Operation("text", ("text", "int!count"), F.left, lambda a, n: a[:n]),
    "right": Operation("text", ("text", "int!count"), F.right, lambda a, n: a[-n:] if n else ""),
    "trim": Operation("text", ("text",), F.trim, lambda a: a.strip(" ")),
    "replace": Operation("text", ("text", "text!letter", "text"), F.replace, lambda a, b, c: a.replace(b, c)),
    "reverse": Operation("text", ("text",), F.reverse, lambda a: a[::-1]),
    "lpad": Operation("text", ("text", "int!count", "text!letter"), F.lpad, _padded),
    "split_part": Operation("text", ("text", "text!letter", "int!place"), F.split_part, _part),
    "int_to_text": Operation("text", ("int",), lambda a: a.cast(StringType()), str),
    "decimal_to_text": Operation("text", ("decimal",), lambda a: a.cast(StringType()), _shown),
    "bool_to_text": Operation("text", ("bool",), lambda a: a.cast(StringType()), lambda a: str(a).lower()),
    "date_to_text": Operation("text", ("date",), lambda a: a.cast(StringType()), datetime.date.isoformat),
    "time_to_text": Operation("text", ("time",), lambda a: a.cast(StringType()), _time_shown),
    "and": Operation("bool", ("bool", "bool"), lambda a, b: a & b, _and, False),
    "or": Operation("bool", ("bool", "bool"), lambda a, b: a | b, _or, False),
    # AND has parentheses, NOT has none: `(~a).is_null()` is NOT A IS NULL, whose IS binds closer.
    "not": Operation("bool", ("bool",), lambda a: ~a & F.lit(True), lambda a: not a),
    "like": Operation("bool", ("text", "text!pattern"), lambda a, b: a.like(b), _like),
    "startswith": Operation(
        "bool", ("text", "text!letter"), lambda a, b: a.startswith(b), lambda a, b: a.startswith(b)
    ),
    "contains": Operation("bool", ("text", "text"), F.contains, lambda a, b: b in a),
    "in_ints": Operation("bool", ("int",), lambda a: a.in_([1, 2, 5]), lambda a: a in (1, 2, 5)),
    "between": Operation(
        "bool", ("int", "int", "int"), lambda a, b, c: a.between(b, c), lambda a, b, c: _and(*_bounds(a, b, c)), False
    ),
    "add_days": Operation(
        "date", ("date", "int!days"), lambda a, b: F.dateadd("day", b, a), lambda a, b: a + datetime.timedelta(days=b)
    ),
    "add_months": Operation("date", ("date", "int!months"), lambda a, b: F.dateadd("month", b, a), _months_later),
    "month_begin": Operation("date", ("date",), lambda a: F.date_trunc("month", a), lambda a: a.replace(day=1)),
    "last_day": Operation("date", ("date",), F.last_day, _last_day),
    "time_to_date": Operation("date", ("time",), lambda a: a.cast(DateType()), datetime.datetime.date),
    "add_hours": Operation(
        "time",
        ("time", "int!hours"),
        lambda a, b: F.dateadd("hour", b, a),
        lambda a, b: a + datetime.timedelta(hours=b),
    ),
    "date_to_time": Operation("time", ("date",), lambda a: a.cast(TYPES["time"]), _midnight),
    "hour_begin": Operation(
        "time", ("time",), lambda a: F.date_trunc("hour", a), lambda a: a.replace(minute=0, second=0, microsecond=0)
    ),
    "to_char_date": Operation(
        "text", ("date",), lambda a: F.to_char(a, "DD.MM.YYYY"), lambda a: a.strftime("%d.%m.%Y")
    ),
    # The separators of "INITCAP" in Snowflake's reference; an apostrophe is none of them.
    "initcap": Operation(
        "text",
        ("text",),
        F.initcap,
        lambda a: re.sub(r"[^\s!?@\"^#$&~_,.:;+\-*%/|\\\[\](){}<>]+", lambda m: m[0][:1].upper() + m[0][1:].lower(), a),
    ),
    "ltrim": Operation("text", ("text",), F.ltrim, lambda a: a.lstrip(" ")),
    "rtrim": Operation("text", ("text",), F.rtrim, lambda a: a.rstrip(" ")),
    "rpad": Operation(
        "text", ("text", "int!count", "text!letter"), F.rpad, lambda a, n, b: a[:n] if len(a) >= n else (a + b * n)[:n]
    ),
    "repeat": Operation("text", ("text", "int!count"), F.repeat, lambda a, n: a * n),
    "insert": Operation(
        "text",
        ("text", "int!begin", "int!one", "text!letter"),
        lambda a, b, c, d: F.insert(a, b, c, d),
        lambda a, b, c, d: a[: b - 1] + d + a[b - 1 + c :],
    ),
    "translate": Operation(
        "text",
        ("text",),
        lambda a: F.translate(a, F.lit("ab"), F.lit("x")),
        lambda a: a.replace("a", "x").replace("b", ""),
    ),
    "concat_ws": Operation(
        "text", ("text", "text"), lambda a, b: F.concat_ws(F.lit("-"), a, b), lambda a, b: f"{a}-{b}"
    ),
    "regexp_replace": Operation(
        "text", ("text",), lambda a: F.regexp_replace(a, "[ab]+", "<>"), lambda a: re.sub("[ab]+", "<>", a)
    ),
    "md5": Operation("text", ("text",), F.md5, lambda a: hashlib.md5(a.encode()).hexdigest()),
    "dayname": Operation("text", ("date",), F.dayname, lambda a: a.strftime("%a")),
    "monthname": Operation("text", ("date",), F.monthname, lambda a: a.strftime("%b")),
    "regexp_count": Operation(
        "int", ("text",), lambda a: F.regexp_count(a, F.lit("[a-z]")), lambda a: len(re.findall("[a-z]", a))
    ),
    "bitand": Operation("int", ("int", "int"), lambda a, b: F.call_builtin("bitand", a, b), lambda a, b: a & b),
    "zeroifnull": Operation("int", ("int",), F.zeroifnull, lambda a: a or 0, False),
    "nullifzero": Operation("int", ("int",), F.nullifzero, lambda a: a or None),
    "div0": Operation(
        "decimal", ("int", "int"), F.div0, lambda a, b: Decimal(a) / b if b else Decimal(0), scale=_quotient_scale
    ),
    "truncate": Operation(
        "decimal",
        ("decimal",),
        lambda a: F.trunc(a, F.lit(1)),
        lambda a: a.quantize(Decimal("0.1"), ROUND_DOWN),
        scale=lambda s: s,
    ),
    "factor": Operation("float", ("float", "float"), lambda a, b: a * b, lambda a, b: a * b),
    "exp": Operation("float", ("int!divisor",), F.exp, math.exp),
    "power": Operation(
        "float", ("float", "int!divisor"), lambda a, b: F.pow(F.abs(a) + 1, b), lambda a, b: (abs(a) + 1) ** b
    ),
    "ln": Operation("float", ("float",), lambda a: F.ln(F.abs(a) + 1), lambda a: math.log(abs(a) + 1)),
    "text_to_float": Operation("float", ("digits",), lambda a: a.cast(DoubleType()), float),
    "quarter": Operation("int", ("date",), F.quarter, lambda a: (a.month + 2) // 3),
    "day_of_week": Operation("int", ("date",), F.dayofweek, lambda a: a.isoweekday() % 7),
    "iso_week": Operation("int", ("date",), F.weekofyear, lambda a: a.isocalendar()[1]),
    "hours_between": Operation(
        "int", ("time", "time"), lambda a, b: F.datediff("hour", a, b), lambda a, b: (_hour(b) - _hour(a)) // HOUR
    ),
    "minutes_between": Operation(
        "int",
        ("time", "time"),
        lambda a, b: F.datediff("minute", a, b),
        lambda a, b: (_minute(b) - _minute(a)) // datetime.timedelta(minutes=1),
    ),
    "next_monday": Operation(
        "date", ("date",), lambda a: F.next_day(a, F.lit("mo")), lambda a: a + datetime.timedelta(days=7 - a.weekday())
    ),
    "year_begin": Operation("date", ("date",), lambda a: F.date_trunc("year", a), lambda a: a.replace(month=1, day=1)),
    "week_begin": Operation(
        "date", ("date",), lambda a: F.date_trunc("week", a), lambda a: a - datetime.timedelta(days=a.weekday())
    ),
    "text_to_date": Operation(
        "date", ("text",), lambda a: F.call_builtin("try_to_date", a, F.lit("YYYY-MM-DD")), lambda a: None
    ),
    "add_seconds": Operation(
        "time",
        ("time", "int!hours"),
        lambda a, b: F.dateadd("second", b, a),
        lambda a, b: a + datetime.timedelta(seconds=b),
    ),
    "endswith": Operation("bool", ("text", "text!letter"), lambda a, b: a.endswith(b), lambda a, b: a.endswith(b)),
    "rlike": Operation(
        "bool", ("text",), lambda a: a.rlike(F.lit("[a-z ]*")), lambda a: re.fullmatch("[a-z ]*", a) is not None
    ),
    "not_in": Operation("bool", ("text",), lambda a: ~a.in_(["a", "b"]) & F.lit(True), lambda a: a not in ("a", "b")),
    "int_to_bool": Operation("bool", ("int",), lambda a: a.cast(TYPES["bool"]), bool),
    **_choices(),
    **_comparisons(),
    **_conversions(),
}


def _bounds(value: Any, low: Any, high: Any) -> tuple[bool | None, bool | None]:
    return (None if None in (value, low) else value >= low), (None if None in (value, high) else value <= high)
