"""DuckDB's errors as a client hears of them: in Snowflake's words, or as a refusal that names what the statement uses.

DuckDB's own text never reaches a client; the server's log has it.
"""

from __future__ import annotations

import logging
import re

import duckdb

from embedded_snowflake.errors import SnowflakeError, compilation_error, does_not_exist, not_supported
from embedded_snowflake.names import decoded, display
from embedded_snowflake.state import statement_words
from embedded_snowflake.state.duck_wordings import NO_TABLE, WORDINGS, not_representable
from embedded_snowflake.state.duck_wordings import is_finite as is_finite

logger = logging.getLogger(__name__)
_NARROW = re.compile(
    r"\bU?INT(?:8|16|32|64)\b|multiplication of DECIMAL\(18\)|Failed to cast value to numerical: -?\d{10,}"
)
_LONG_NUMBER = re.compile(r"'\s*[+-]?\d{10,}(?:\.\d*)?\s*'|'\s*[+-]?\d(?:\.\d*)?[eE]\+?\d+\s*'")
_HEADING = re.compile(r"^(?:[A-Z]\w+ )+Error: ")
_NO_MATCH = re.compile(
    r"No function matches the given name and argument types '(.*?)\((.*)\)'|Macro \"?(\w+)\"?\(\) does not support",
    re.S,
)
_NO_CAST = re.compile(r"Unimplemented type for cast \((.+?) -> (.+?)\)")
_UNLIKE = re.compile(
    r"Cannot (?:compare|mix|combine) (?:values|types) of (?:type )?(.+?) and (?:type )?(.+?)(?: in | - |$)"
)
_NUMBER = re.compile(r"-?\d{10,}(?:\.\d+)?")


def translate(error: duckdb.Error, statement: str = "", qualified: dict[str, str] | None = None) -> SnowflakeError:
    """Word a DuckDB error as Snowflake would.

    Args:
        error: What DuckDB raised.
        statement: What ran, in Snowflake's SQL.
        qualified: Full names of the tables that the statement names in full, by their last part.

    Returns:
        The error to answer with.
    """
    text = decoded(str(error))
    for pattern, make in WORDINGS:
        if match := pattern.search(text):
            if pattern is NO_TABLE:
                plain = match.group(1).strip('"!').rsplit(".", 1)[-1]
                return does_not_exist("Object", (qualified or {}).get(plain, display(plain)))
            return make(next((group for group in match.groups() if group is not None), ""), text)
    logger.info("no words of Snowflake's for %r of %s", text[:1000], statement[:1000])
    return _of_kind(error, _HEADING.sub("", text.split("\n")[0]), statement)


def _of_kind(error: duckdb.Error, first: str, statement: str) -> SnowflakeError:
    if "sniffing file" in first or "No magic bytes" in first:
        return SnowflakeError("A staged file is not of the file format that it is read with.", 100016, "22000")
    if isinstance(error, duckdb.InterruptException):
        return SnowflakeError("SQL execution canceled", 604, "57014")
    if isinstance(error, duckdb.TransactionException):
        return SnowflakeError(
            "The statement was ended: another transaction has changed the same rows, or its own is over.", 625, "40001"
        )
    if isinstance(error, duckdb.OutOfRangeException):
        number = _NUMBER.search(first)
        return not_representable("DECIMAL(38,0)", number.group() if number is not None else "of more digits")
    if isinstance(error, duckdb.OutOfMemoryException):
        return not_supported(f"more memory than this machine has for {statement_words.named(statement)}")
    if "No function matches" in first and ", INTERVAL)'" in first:
        return compilation_error(
            "A numeric ORDER BY clause only allows numeric window frame boundaries.", 2303, "42601"
        )
    if match := _NO_MATCH.search(first):
        kinds = statement_words.types(match.group(2) or "")
        return not_supported(
            f"{statement_words.named(statement, match.group(1) or match.group(3))} with {kinds or 'these arguments'}"
        )
    if match := _NO_CAST.search(first):
        source, target = (statement_words.snowflake_type(kind) for kind in match.groups())
        return not_supported(f"a conversion of {source} to {target} in {statement_words.named(statement)}")
    if match := _UNLIKE.search(first):
        one, other = (statement_words.snowflake_type(kind) for kind in match.groups())
        return not_supported(
            f"values of different types without a cast ({one} and {other}) in {statement_words.named(statement)}"
        )
    return not_supported(statement_words.named(statement, first))


def needs_width(error: duckdb.Error) -> bool:
    """Tell whether a whole number did not fit into DuckDB's integers but may into NUMBER(38, 0).

    Args:
        error: What DuckDB raised.

    Returns:
        True for an overflow, and for a long number that could not be cast.
    """
    text = str(error).split("\n")[0]
    if not isinstance(error, (duckdb.OutOfRangeException, duckdb.ConversionException)) or not _NARROW.search(text):
        return False
    return "Could not convert string" not in text or _LONG_NUMBER.search(text) is not None


def is_conflict(error: duckdb.Error) -> bool:
    """Tell whether another session's write got in the way, so that trying again helps.

    Args:
        error: What DuckDB raised.

    Returns:
        True for a conflict of transactions.
    """
    return isinstance(error, duckdb.TransactionException) and "onflict" in str(error)
