"""SHOW and DESCRIBE of Python functions and procedures.

Columns: https://docs.snowflake.com/en/sql-reference/sql/show-user-functions, …/show-procedures, …/desc-function.
"""

from __future__ import annotations

from embedded_snowflake.names import display, literal, verbatim
from embedded_snowflake.python.definitions import Definition
from embedded_snowflake.python.registry import Registered
from embedded_snowflake.results import Column, Result, text_result

_SHOWN = [
    "created_on",
    "name",
    "schema_name",
    "is_builtin",
    "is_aggregate",
    "is_ansi",
    "min_num_arguments",
    "max_num_arguments",
    "arguments",
    "description",
    "catalog_name",
    "is_table_function",
    "valid_for_clustering",
    "is_secure",
    "secrets",
    "external_access_integrations",
]
_SHOWN_FUNCTION = [*_SHOWN, "is_external_function", "language", "is_memoizable", "is_data_metric"]

_COLUMNS = {
    "created_on": Column("created_on", "timestamp_ltz", precision=0, scale=9),
    "min_num_arguments": Column("min_num_arguments", "fixed", precision=38, scale=0),
    "max_num_arguments": Column("max_num_arguments", "fixed", precision=38, scale=0),
}


def show(items: list[Registered], kind: str) -> Result:
    """Answer SHOW USER FUNCTIONS or SHOW PROCEDURES.

    Args:
        items: Functions or procedures to list.
        kind: "FUNCTION" or "PROCEDURE".

    Returns:
        A row each.
    """
    names = _SHOWN_FUNCTION if kind == "FUNCTION" else _SHOWN
    columns = [_COLUMNS.get(name, Column(name)) for name in names]
    rows = []
    for item in items:
        definition = item.definition
        database, schema, name = definition.name
        facts = (definition.secure, definition.aggregate, definition.columns is not None)
        secure, aggregate, table = ("Y" if fact else "N" for fact in facts)
        row = [
            item.created,
            name,
            schema,
            "N",
            aggregate,
            "N",
            definition.required,
            len(definition.arguments),
            _call_shape(definition),
        ]
        row += [definition.comment or f"user-defined {kind.lower()}", database, table, "N", secure, None, None]
        rows.append(tuple(row + (["N", "PYTHON", "N", "N"] if kind == "FUNCTION" else [])))
    return Result(columns, rows)


def describe(item: Registered, installed: str) -> Result:
    """Answer DESCRIBE FUNCTION or DESCRIBE PROCEDURE.

    Args:
        item: Function or procedure to describe.
        installed: Packages of its runtime, as text.

    Returns:
        Rows of property and value.
    """
    definition = item.definition
    arguments = ", ".join(_declared(display(one.name), one.type.signature, one.default) for one in definition.arguments)
    rows: list[tuple[str, str | None]] = [
        ("signature", f"({arguments})"),
        ("returns", returns_of(definition)),
        ("language", "PYTHON"),
        ("null handling", "RETURNS NULL ON NULL INPUT" if definition.strict else "CALLED ON NULL INPUT"),
        ("volatility", "VOLATILE" if definition.volatile else "IMMUTABLE"),
    ]
    if definition.kind == "PROCEDURE":
        rows.append(("execute as", definition.execute_as))
    rows += [
        ("body", definition.code),
        ("imports", f"[{', '.join(definition.imports)}]"),
        ("handler", definition.handler),
        ("runtime_version", definition.runtime),
        ("packages", "[" + ",".join(f"'{package}'" for package in definition.packages) + "]"),
        ("installed_packages", installed),
    ]
    if definition.kind == "FUNCTION":
        rows.append(("is_aggregate", str(definition.aggregate).lower()))
    return text_result(["property", "value"], rows)


def ddl(item: Registered) -> str:
    """Write the statement that GET_DDL gives.

    Args:
        item: Function or procedure to write.

    Returns:
        CREATE OR REPLACE …;
    """
    definition = item.definition
    words = ["CREATE OR REPLACE", definition.secure and "SECURE", definition.aggregate and "AGGREGATE", definition.kind]
    arguments = ", ".join(_declared(verbatim(one.name), one.type.display, one.default) for one in definition.arguments)
    lines = [
        f"{' '.join(word for word in words if word)} {verbatim(definition.name[-1])}({arguments})",
        f"RETURNS {returns_of(definition)}",
        "LANGUAGE PYTHON",
    ]
    lines += ["STRICT"] if definition.strict else []
    lines += [] if definition.volatile else ["IMMUTABLE"]
    lines.append(f"RUNTIME_VERSION = {literal(definition.runtime)}")
    lines += [f"IMPORTS = ({','.join(map(literal, definition.imports))})"] if definition.imports else []
    lines += [f"PACKAGES = ({','.join(map(literal, definition.packages))})"] if definition.packages else []
    lines.append(f"HANDLER = {literal(definition.handler)}")
    lines += [f"COMMENT={literal(definition.comment)}"] if definition.comment else []
    lines += [f"EXECUTE AS {definition.execute_as}"] if definition.kind == "PROCEDURE" else []
    lines += [f"AS {literal(definition.code)}"] if definition.code is not None else []
    return "\n".join(lines) + ";"


def _declared(name: str, shown: str, default: str | None) -> str:
    return f"{name} {shown}" + (f" DEFAULT {default}" if default is not None else "")


def returns_of(definition: Definition) -> str:
    """Write what a function or procedure returns.

    Args:
        definition: Its definition.

    Returns:
        A type, or TABLE (…).
    """
    if definition.columns is None:
        return definition.returns.display if definition.returns else ""
    return f"TABLE ({', '.join(f'{display(name)} {declared.display}' for name, declared in definition.columns)})"


def _call_shape(definition: Definition) -> str:
    types = [
        f"DEFAULT {one.type.signature}" if one.default is not None else one.type.signature
        for one in definition.arguments
    ]
    if definition.columns is not None:
        returned = f"TABLE ({', '.join(declared.signature for _, declared in definition.columns)})"
    else:
        returned = definition.returns.signature if definition.returns else ""
    return f"{display(definition.name[-1])}({', '.join(types)}) RETURN {returned}"
