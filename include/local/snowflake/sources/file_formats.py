"""File formats: the options of FILE_FORMAT = (…), with Snowflake's defaults."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from fakesnow.transforms.file_format import lookup_file_format
from fakesnow.transforms.options import parse_options
from fakesnow.transforms.stage import parts_from_var
from sqlglot import exp

from include.local.snowflake.errors import not_supported
from include.local.snowflake.names import quote
from include.local.snowflake.state.session import Session

NO_DELIMITER = "\x1f"  # stands for FIELD_DELIMITER = NONE: a character that no one writes


@dataclass(frozen=True)
class FileFormat:
    """One file format.

    Attributes:
        type: CSV, JSON or PARQUET.
        delimiter: Between fields (CSV).
        quote: Around a field, "" for none (CSV).
        escape: Before a quote within quotes; "" for doubling it (CSV).
        escape_unenclosed: Before a delimiter in a field without quotes; "" for none (CSV).
        skip_header: Lines left out at the beginning of a file (CSV).
        parse_header: Whether the first line names the columns (CSV).
        header: Whether unloading writes such a line (CSV).
        null_if: Texts that mean NULL.
        empty_as_null: Whether an empty field without quotes is NULL (CSV).
        trim: Whether white space around a field is left out (CSV).
        count_must_match: Whether a line of another number of fields is an error (CSV).
        skip_blank_lines: Whether empty lines are left out (CSV).
        compression: AUTO, GZIP, NONE, …
        strip_outer_array: Whether an outer array's elements are rows (JSON).
        date_format: Format of dates; "AUTO" for ISO.
        timestamp_format: Format of timestamps; "AUTO" for ISO.
    """

    type: str = "CSV"
    delimiter: str = ","
    quote: str = ""
    escape: str = ""
    escape_unenclosed: str = "\\"
    skip_header: int = 0
    parse_header: bool = False
    header: bool = False
    null_if: tuple[str, ...] = ("\\N",)
    empty_as_null: bool = True
    trim: bool = False
    count_must_match: bool = True
    skip_blank_lines: bool = False
    compression: str = "AUTO"
    strip_outer_array: bool = False
    date_format: str = "AUTO"
    timestamp_format: str = "AUTO"
    options: dict[str, Any] = field(default_factory=dict)


# Options without an effect here, either since their default is what happens anyway or since they only tune.
_IGNORED = frozenset(
    {
        "BINARY_AS_TEXT",
        "USE_LOGICAL_TYPE",
        "USE_VECTORIZED_SCANNER",
        "SNAPPY_COMPRESSION",
        "REPLACE_INVALID_CHARACTERS",
        "ALLOW_DUPLICATE",
        "IGNORE_UTF8_ERRORS",
        "SKIP_BYTE_ORDER_MARK",
        "ENABLE_OCTAL",
        "FILE_EXTENSION",
        "MULTI_LINE",
    }
)


def read(options: dict[str, Any]) -> FileFormat:
    """Read format options.

    Args:
        options: Names in upper case and values, as fakesnow's parser gives them.

    Returns:
        The format.

    Raises:
        SnowflakeError: An option or its value is not supported.
    """
    chosen = FileFormat(type=str(options.get("TYPE", "CSV")).upper(), options=options)
    if chosen.type not in ("CSV", "JSON", "PARQUET"):
        raise not_supported(f"file format {chosen.type}")
    for name, value in options.items():
        if name in ("TYPE", "FORMAT_NAME") or name in _IGNORED:
            continue
        reader = _READERS.get(name)
        if reader is None:
            raise not_supported(f"file format option {name}")
        attribute, convert = reader
        if attribute:
            chosen = replace(chosen, **{attribute: convert(value)})
        else:
            convert(value)
    return chosen


def options_of(session: Session, expressions: list[exp.Expr]) -> dict[str, Any]:
    """Read the options of FILE_FORMAT = (…).

    Args:
        session: The session.
        expressions: What stands in the parentheses.

    Returns:
        Names in upper case and values; the name of a format in full.
    """
    options = parse_options(_with_texts(item) for item in expressions)
    if "FORMAT_NAME" in options:
        parts = parts_from_var(str(options["FORMAT_NAME"]), session.database, session.schema)
        options["FORMAT_NAME"] = ".".join(quote(part) for part in parts)
    return options


def resolve(session: Session, options: dict[str, Any]) -> FileFormat:
    """Read format options, looking a named format up.

    Args:
        session: The session.
        options: As `options_of` gives them.

    Returns:
        The format.

    Raises:
        SnowflakeError: The named format does not exist, or an option is not supported.
    """
    name = options.get("FORMAT_NAME")
    return read({**named(session, str(name)), **options} if name is not None else options)


def name_of(node: exp.Expr) -> str:
    """Write the name of a format: it may stand there as a text, or as a name with quotes or without.

    Args:
        node: The text, or the name.

    Returns:
        The name as `named` takes it.
    """
    parts = node.parts if isinstance(node, (exp.Table, exp.Column)) else [node]
    return ".".join(quote(part.name) if part.args.get("quoted") else part.name for part in parts)


def _with_texts(option: exp.Expr) -> exp.Expr:
    """FORMAT_NAME = name as FORMAT_NAME = 'name'."""
    value = option.args.get("value")
    if not isinstance(value, (exp.Table, exp.Column, exp.Identifier)):
        return option
    changed = option.copy()
    changed.set("value", exp.Literal.string(name_of(value)))
    return changed


def named(session: Session, name: str) -> dict[str, Any]:
    """Look a named file format up.

    Args:
        session: The session.
        name: Name as written, qualified or not.

    Returns:
        Its options.

    Raises:
        SnowflakeError: It does not exist.
    """
    found: dict[str, Any] = lookup_file_format(session.duck.cursor(), name, session.database, session.schema)
    return found


def _none_or_text(value: Any) -> str:
    return "" if str(value).upper() == "NONE" else str(value)


def _backslash_or_none(value: Any) -> str:
    text = _none_or_text(value)
    if text.strip("\\"):
        raise not_supported(f"ESCAPE_UNENCLOSED_FIELD = {json.dumps(text)}")
    return text[:1]


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else (str(value),)


def _flag(value: Any) -> bool:
    return str(value).upper() == "TRUE"


def _unescape(value: Any) -> str:
    r"""FIELD_DELIMITER = '\t' arrives as backslash and t; '0x09' and '\x09' name a byte."""
    text = str(value)
    if text.lower().startswith("0x"):
        return bytes.fromhex(text[2:]).decode("latin-1")
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in text else text


def _only(*allowed: str) -> Any:
    def check(value: Any) -> None:
        if _unescape(value).upper() not in {_unescape(item).upper() for item in allowed} and str(value).upper() not in allowed:
            raise not_supported(f"file format option value {json.dumps(str(value))}")

    return check


def _compression(value: Any) -> str:
    word = str(value).upper()
    if word not in ("AUTO", "AUTO_DETECT", "GZIP", "NONE", "SNAPPY", "ZSTD"):
        raise not_supported(f"COMPRESSION = {word}")
    return "AUTO" if word == "AUTO_DETECT" else word


_READERS: dict[str, tuple[str, Any]] = {
    "FIELD_DELIMITER": ("delimiter", lambda value: NO_DELIMITER if str(value).upper() == "NONE" else _unescape(value)),
    "FIELD_OPTIONALLY_ENCLOSED_BY": ("quote", lambda value: _unescape(_none_or_text(value))),
    "ESCAPE": ("escape", lambda value: _unescape(_none_or_text(value)) if str(value) != "\\" else "\\"),
    "ESCAPE_UNENCLOSED_FIELD": ("escape_unenclosed", lambda value: _backslash_or_none(value)),
    "SKIP_HEADER": ("skip_header", int),
    "PARSE_HEADER": ("parse_header", _flag),
    "HEADER": ("header", _flag),
    "NULL_IF": ("null_if", _texts),
    "EMPTY_FIELD_AS_NULL": ("empty_as_null", _flag),
    "TRIM_SPACE": ("trim", _flag),
    "ERROR_ON_COLUMN_COUNT_MISMATCH": ("count_must_match", _flag),
    "SKIP_BLANK_LINES": ("skip_blank_lines", _flag),
    "COMPRESSION": ("compression", _compression),
    "STRIP_OUTER_ARRAY": ("strip_outer_array", _flag),
    "STRIP_NULL_VALUES": ("", _only("FALSE")),
    "DATE_FORMAT": ("date_format", lambda value: str(value).upper()),
    "TIME_FORMAT": ("", _only("AUTO")),
    "TIMESTAMP_FORMAT": ("timestamp_format", lambda value: str(value).upper()),
    "BINARY_FORMAT": ("", _only("HEX")),
    "RECORD_DELIMITER": ("", _only("\\n", "\\r\\n", "\\r", "NONE", "AUTO")),
    "ENCODING": ("", _only("UTF8", "UTF-8")),
}


def replace_header(form: FileFormat, header: bool) -> FileFormat:
    """The format with a header line or without.

    Args:
        form: A format.
        header: Whether files begin with the columns' names.

    Returns:
        The changed format.
    """
    return replace(form, header=header or form.header)


def any_width(form: FileFormat) -> FileFormat:
    """The format, taking lines of any number of fields, as queries over staged files do.

    Args:
        form: A format.

    Returns:
        The changed format.
    """
    return replace(form, count_must_match=False)
