"""What a statement uses, for messages: its functions, clauses and types, in Snowflake's words."""

from __future__ import annotations

import re

_MOST = 6  # words that a message names
_LEFT_OUT = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^'\\]|''|\\.)*'|\$\$.*?\$\$", re.S)
_FIRST = re.compile(r"(?:\s|\(|--[^\n]*(?:\n|$)|//[^\n]*(?:\n|$)|/\*.*?\*/)*([A-Za-z]+)", re.S)
_CALL = re.compile(r"\b([A-Za-z_][\w$]*)\s*\(")
_OPERATOR = re.compile(r"^[^\w]+$")
_CLAUSES = (
    "ASOF JOIN|CONNECT BY|CUBE|GROUPING"
    " SETS|LATERAL|MATCH_RECOGNIZE|MERGE|OVER|PIVOT|QUALIFY|RECURSIVE|ROLLUP|SAMPLE|TABLESAMPLE|UNPIVOT|WITHIN"
    " GROUP|HAVING|GROUP BY|ORDER BY|UNION|INTERSECT|EXCEPT|LIMIT|TOP|INTERVAL"
)
_CLAUSE = re.compile(rf"\b({_CLAUSES.replace(' ', chr(92) + 's+')})\b", re.I)
_NO_FUNCTION = (
    "ALL AND ANY AS BETWEEN BY CASE CUBE DISTINCT ELSE EXISTS FROM GROUP HAVING IN INTERSECT INTO IS JOIN LATERAL LIKE"
    " LIMIT NOT ON OR OVER PIVOT QUALIFY ROLLUP SELECT SET SETS TABLE THEN TOP UNION UNPIVOT USING VALUES WHEN WHERE"
    " WITH BINARY CHAR DECIMAL NUMBER NUMERIC STRING TEXT VARBINARY VARCHAR VECTOR TIMESTAMP TIMESTAMP_NTZ"
    " TIMESTAMP_LTZ TIMESTAMP_TZ"
)
_NO_FUNCTIONS = frozenset(_NO_FUNCTION.split())
_TYPES = (
    (r"\"?NULL\"?", "NULL"),
    (r"(?:DECIMAL|NUMERIC)\((\d+), ?(\d+)\)", r"NUMBER(\1,\2)"),
    (
        r"U?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|U?INT(?:8|16|32|64|128)?|INTEGER_LITERAL|DECIMAL|NUMERIC",
        "NUMBER",
    ),
    (r"DOUBLE|FLOAT", "FLOAT"),
    (r"STRING_LITERAL|VARCHAR(?:\(\d+\))?|TEXT|STRING", "VARCHAR"),
    (r"TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ", "TIMESTAMP_LTZ"),
    (r"TIMESTAMP(?:_NS|_MS|_S)?|DATETIME", "TIMESTAMP_NTZ"),
    (r"BLOB|BINARY", "BINARY"),
    (r"BOOL(?:EAN)?", "BOOLEAN"),
    (r"DATE", "DATE"),
    (r"TIME", "TIME"),
    (r"INTERVAL", "INTERVAL"),
    (r".*\[\d*\]", "ARRAY"),
    (r"(?:STRUCT|MAP|ROW)\(.*", "OBJECT"),
)


def first(statement: str) -> str:
    """Find a statement's first word.

    Args:
        statement: It, in Snowflake's SQL.

    Returns:
        The word in upper case, whatever comments and parentheses are before it; SELECT for WITH; nothing for none.
    """
    words = _FIRST.match(statement)
    word = words[1].upper() if words is not None else ""
    return "SELECT" if word == "WITH" else word


def named(statement: str, hint: str | None = None) -> str:
    """Name what a statement uses.

    Args:
        statement: It, in Snowflake's SQL.
        hint: A message about it, or the name of a function inside the server: one of the statement's own in it is named
            alone.

    Returns:
        For example "MEDIAN", or "SELECT with MEDIAN, OVER".
    """
    bare = _LEFT_OUT.sub("''", statement)
    calls = [
        name for name in dict.fromkeys(match.upper() for match in _CALL.findall(bare)) if name not in _NO_FUNCTIONS
    ]
    if hint is not None:
        told = {word.upper() for word in re.findall(r"[A-Za-z]\w*", re.sub(r"\b_(?:sf|fs|native)_", " ", hint))}
        meant = [name for name in calls if name in told]
        if len(meant) == 1:
            only: str = meant[0]
            return only
        if _OPERATOR.match(hint):
            return f"the operator {hint}"
    clauses = [" ".join(match.upper().split()) for match in _CLAUSE.findall(bare)]
    used = list(dict.fromkeys([*calls, *clauses]))[:_MOST]
    verb = next(iter(re.findall(r"[A-Za-z]+", bare)), "").upper() or "this statement"
    return f"{verb} with {', '.join(used)}" if used else f"this {verb}"


def snowflake_type(kind: str) -> str:
    """Name a type as Snowflake does.

    Args:
        kind: As DuckDB writes it.

    Returns:
        For example NUMBER(38,0); VARIANT where it could be anything.
    """
    plain = kind.strip()
    for pattern, name in _TYPES:
        match = re.fullmatch(pattern, plain, re.S | re.I)
        if match is not None:
            return match.expand(name)
    return "VARIANT"


def types(listed: str) -> str:
    """Name a list of types.

    Args:
        listed: As DuckDB writes the types of arguments: "BIGINT, DECIMAL(10,2)".

    Returns:
        They in parentheses, as Snowflake names them; nothing for none.
    """
    kinds = re.split(r",\s*(?![^()]*\))", listed) if listed.strip() else []
    return f"({', '.join(snowflake_type(kind) for kind in kinds)})" if kinds else ""
