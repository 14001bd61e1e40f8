"""File formats: the options of FILE_FORMAT = (…), with Snowflake's defaults."""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass, field, replace
from typing import Any

from fakesnow.transforms.file_format import lookup_file_format
from fakesnow.transforms.options import parse_options
from fakesnow.transforms.stage import parts_from_var
from sqlglot import exp

from embedded_snowflake.errors import compilation_error, not_supported, syntax_error
from embedded_snowflake.names import verbatim
from embedded_snowflake.state.session import Session

NO_DELIMITER = "\x1f"  # stands for FIELD_DELIMITER = NONE: a character that does not occur in texts


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
        record_delimiter: Between records; a line break of any kind is one like another, "" for none (CSV).
        multi_line: Whether a field may hold a record delimiter (CSV).
        encoding: Python's name of the character set (CSV).
        skip_mark: Whether a byte-order mark is left out (CSV).
        replace_invalid: Whether bytes that are no text become U+FFFD, where they are an error otherwise (CSV).
        strip_outer_array: Whether an outer array's elements are rows (JSON).
        strip_nulls: Whether fields and elements that are null are left out (JSON).
        allow_duplicate: Whether the last of several values of a key is taken (JSON).
        binary_as_text: Whether binary columns without a logical type are texts (Parquet).
        date_format: Format of dates; "AUTO" for those that casts know.
        time_format: Format of times, likewise.
        timestamp_format: Format of timestamps, likewise.
        binary_format: HEX, BASE64 or UTF8.
        extension: What names of unloaded files end with; "" for the format's own (CSV and JSON).
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
    record_delimiter: str = "\n"
    multi_line: bool = True
    encoding: str = "utf-8"
    skip_mark: bool = True
    replace_invalid: bool = False
    strip_outer_array: bool = False
    strip_nulls: bool = False
    allow_duplicate: bool = False
    binary_as_text: bool = True
    date_format: str = "AUTO"
    time_format: str = "AUTO"
    timestamp_format: str = "AUTO"
    binary_format: str = "HEX"
    extension: str = ""
    options: dict[str, Any] = field(default_factory=dict)


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
        if name in ("TYPE", "FORMAT_NAME"):
            continue
        reader = _OF_TYPE[chosen.type].get(name) or _COMMON.get(name)
        if reader is None:
            raise not_supported(f"file format option {name} of {chosen.type}")
        attribute, convert = reader
        if attribute:
            chosen = replace(chosen, **{attribute: convert(value)})
        else:
            convert(value)
    if chosen.parse_header and chosen.skip_header:
        raise compilation_error("SKIP_HEADER is not supported together with PARSE_HEADER = TRUE.", 1008, "22023")
    return chosen


def options_of(session: Session, expressions: list[exp.Expr]) -> dict[str, Any]:
    """Read the options of FILE_FORMAT = (…).

    Args:
        expressions: What stands in the parentheses.

    Returns:
        Names in upper case and values; the name of a format in full.

    Raises:
        SnowflakeError: They are no options with values.
    """
    try:
        options = parse_options(_with_texts(item) for item in expressions)
    except (ValueError, AssertionError):
        words = " ".join(item.sql(dialect="snowflake") for item in expressions)
        raise syntax_error(f"syntax error: unexpected words in FILE_FORMAT = ({words[:200]}).") from None
    if "FORMAT_NAME" in options:
        parts = parts_from_var(str(options["FORMAT_NAME"]), session.database, session.schema)
        options["FORMAT_NAME"] = ".".join(verbatim(part) for part in parts)
    return options


def resolve(session: Session, options: dict[str, Any]) -> FileFormat:
    """Read format options, looking a named format up.

    Args:
        options: As `options_of` gives them.

    Returns:
        The format.

    Raises:
        SnowflakeError: The named format does not exist, or an option is not supported.
    """
    name = options.get("FORMAT_NAME")
    return read({**named(session, str(name)), **options} if name is not None else options)


def name_of(node: exp.Expr) -> str:
    """Write the name of a format, which may be a text, or a name with quotes or without.

    Args:
        node: The text, or the name.

    Returns:
        The name as `named` takes it.
    """
    parts = node.parts if isinstance(node, (exp.Table, exp.Column)) else [node]
    return ".".join(verbatim(part.name) if part.args.get("quoted") else part.name for part in parts)


def _with_texts(option: exp.Expr) -> exp.Expr:
    """Read FORMAT_NAME = name as FORMAT_NAME = 'name'."""
    value = option.args.get("value")
    if not isinstance(value, (exp.Table, exp.Column, exp.Identifier)):
        return option
    changed = option.copy()
    changed.set("value", exp.Literal.string(name_of(value)))
    return changed


def named(session: Session, name: str) -> dict[str, Any]:
    """Look a named file format up.

    Args:
        name: Name as written, qualified or not.

    Returns:
        Its options.

    Raises:
        SnowflakeError: It does not exist.
    """
    found: dict[str, Any] = lookup_file_format(session.duck.cursor(), name, session.database, session.schema)
    if str(found.get("TYPE", "CSV")).upper() != "CSV":
        found.pop("ESCAPE_UNENCLOSED_FIELD", None)  # older states kept it with formats of any type
    return found


def _none_or_text(value: Any) -> str:
    return "" if str(value).upper() == "NONE" else str(value)


def _character(value: Any) -> str:
    text = _none_or_text(value)
    text = text[:1] if text and not text.strip("\\") else _unescape(text)
    if len(text) > 1:
        raise not_supported(f"an escape or quote of several characters, {json.dumps(text)}")
    return text


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else (str(value),)


def _flag(value: Any) -> bool:
    return str(value).upper() == "TRUE"


def _unescape(value: Any) -> str:
    r"""Read a delimiter: FIELD_DELIMITER = '\t' arrives as backslash and t; '0x09' and '\x09' name a byte."""
    text = str(value)
    if text.lower().startswith("0x"):
        return bytes.fromhex(text[2:]).decode("latin-1")
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in text else text


def _only(*allowed: str) -> Any:
    def check(value: Any) -> None:
        if str(value).upper() not in allowed:
            raise not_supported(f"file format option value {json.dumps(str(value))}")

    return check


def _no_nulls(value: Any) -> None:
    if set(_texts(value)) - {"\\N", ""}:
        raise not_supported("NULL_IF of formats other than CSV")


def _compression(value: Any) -> str:
    word = str(value).upper()
    return "AUTO" if word == "AUTO_DETECT" else word


def _record_delimiter(value: Any) -> str:
    text = "" if str(value).upper() == "NONE" else _unescape(value)
    return "\n" if text in ("\r\n", "\n", "\r") or text.upper() == "AUTO" else text


def _encoding(value: Any) -> str:
    word = str(value).upper().replace("-", "").replace("_", "")
    try:
        name = codecs.lookup(_PYTHON_NAMES.get(word, word)).name
    except LookupError:
        raise not_supported(f"ENCODING = {value}") from None
    return str(name)


def _binary_format(value: Any) -> str:
    word = str(value).upper().replace("-", "")
    if word not in ("HEX", "BASE64", "UTF8"):
        raise not_supported(f"BINARY_FORMAT = {value}")
    return word


_PYTHON_NAMES = {f"ISO8859{part}": f"iso8859-{part}" for part in range(1, 16)} | {
    **{f"WINDOWS{page}": f"cp{page}" for page in (874, 949, *range(1250, 1257))},
    **{f"IBM{page}": f"cp{page}" for page in (420, 424, 949, 1141)},
    "EUCJP": "euc_jp",
    "EUCKR": "euc_kr",
    "ISO2022CN": "iso2022_cn",
    "ISO2022JP": "iso2022_jp",
    "ISO2022KR": "iso2022_kr",
    "KOI8R": "koi8_r",
    "SHIFTJIS": "shift_jis",
    "UTF16BE": "utf-16-be",
    "UTF16LE": "utf-16-le",
    "UTF32BE": "utf-32-be",
    "UTF32LE": "utf-32-le",
}

# Option by option: https://docs.snowflake.com/en/sql-reference/sql/create-file-format. What is missing here is refused
# by its name.
_Reader = tuple[str, Any]
_COMMON: dict[str, _Reader] = {
    "COMMENT": ("", lambda value: None),
    "COMPRESSION": ("compression", _compression),
    "TRIM_SPACE": ("", _only("FALSE")),
    "NULL_IF": ("", _no_nulls),
    "REPLACE_INVALID_CHARACTERS": ("", _only("FALSE")),
}
_CLOCKS: dict[str, _Reader] = {
    "DATE_FORMAT": ("date_format", str),
    "TIME_FORMAT": ("time_format", str),
    "TIMESTAMP_FORMAT": ("timestamp_format", str),
    "BINARY_FORMAT": ("binary_format", _binary_format),
    "FILE_EXTENSION": ("extension", _none_or_text),
}
_OF_TYPE: dict[str, dict[str, _Reader]] = {
    "CSV": {
        **_CLOCKS,
        "RECORD_DELIMITER": ("record_delimiter", _record_delimiter),
        "FIELD_DELIMITER": (
            "delimiter",
            lambda value: NO_DELIMITER if str(value).upper() == "NONE" else _unescape(value),
        ),
        "MULTI_LINE": ("multi_line", _flag),
        "FIELD_OPTIONALLY_ENCLOSED_BY": ("quote", _character),
        "ESCAPE": ("escape", _character),
        "ESCAPE_UNENCLOSED_FIELD": ("escape_unenclosed", _character),
        "SKIP_HEADER": ("skip_header", int),
        "PARSE_HEADER": ("parse_header", _flag),
        "HEADER": ("header", _flag),
        "NULL_IF": ("null_if", _texts),
        "EMPTY_FIELD_AS_NULL": ("empty_as_null", _flag),
        "TRIM_SPACE": ("trim", _flag),
        "ERROR_ON_COLUMN_COUNT_MISMATCH": ("count_must_match", _flag),
        "SKIP_BLANK_LINES": ("skip_blank_lines", _flag),
        "REPLACE_INVALID_CHARACTERS": ("replace_invalid", _flag),
        "VALIDATE_UTF8": ("", _only("TRUE")),
        "SKIP_BYTE_ORDER_MARK": ("skip_mark", _flag),
        "ENCODING": ("encoding", _encoding),
    },
    "JSON": {
        **_CLOCKS,
        "MULTI_LINE": ("", _only("TRUE")),
        "STRIP_OUTER_ARRAY": ("strip_outer_array", _flag),
        "STRIP_NULL_VALUES": ("strip_nulls", _flag),
        "ALLOW_DUPLICATE": ("allow_duplicate", _flag),
        "ENABLE_OCTAL": ("", _only("FALSE")),
        "IGNORE_UTF8_ERRORS": ("", _only("FALSE")),
        "SKIP_BYTE_ORDER_MARK": ("", _only("TRUE")),
    },
    "PARQUET": {
        "BINARY_AS_TEXT": ("binary_as_text", _flag),
        "SNAPPY_COMPRESSION": ("", _only("TRUE")),
        "USE_LOGICAL_TYPE": ("", lambda value: None),  # logical types are always used: see the page
        "USE_VECTORIZED_SCANNER": ("", lambda value: None),  # how files are scanned
    },
}


def replace_header(form: FileFormat, header: bool) -> FileFormat:
    """Change whether a format has a header line.

    Args:
        form: A format.
        header: Whether files begin with the columns' names.

    Returns:
        The changed format.
    """
    return replace(form, header=header or form.header)
