"""Stored procedures: one call with an open Snowpark Session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from . import values


class ProcedureHandler:
    """A loaded procedure.

    Args:
        target: The handler.
        request: Its definition: arguments, returns or columns, strict.
    """

    def __init__(self, target: Callable[..., Any], request: dict[str, Any]) -> None:
        self._target = target
        self._arguments: list[values.SqlType] = request["arguments"]
        self._returns: values.SqlType | None = request["returns"]
        self._columns: list[list[Any]] | None = request["columns"]
        self._strict: bool = request["strict"]

    def run(self, request: dict[str, Any], payload: bytearray) -> tuple[dict[str, Any], Any]:
        """Call it once.

        Args:
            request: {"connection": connector parameters of its session}.
            payload: Arrow stream of one row, the arguments.

        Returns:
            A header, and an Arrow stream: one row and column for a value, all rows for a table. For a table of columns
                not
            declared the header has "types", the SQL type of each.
        """
        columns = values.read(payload).columns if self._arguments else []
        arguments = [
            values.to_python(column, declared)[0] for column, declared in zip(columns, self._arguments, strict=True)
        ]
        if self._strict and None in arguments and self._returns is not None:
            return {}, values.write(pa.table([values.from_python([None], self._returns)], ["result"]))

        from snowflake.snowpark import Session

        # Never closed: Session.close() cancels all of its session's statements, and the CALL is one of them.
        session = Session.builder.configs(request["connection"]).create()
        result = self._target(session, *arguments)
        if self._columns is None:
            assert self._returns is not None
            return {}, values.write(pa.table([values.from_python([result], self._returns)], ["result"]))
        return self._table(result)

    def _table(self, result: Any) -> tuple[dict[str, Any], Any]:
        """Fetch the DataFrame that the handler returned."""
        if not hasattr(result, "collect"):
            raise TypeError(
                "The handler of a procedure that returns a table must return a Snowpark DataFrame, not"
                f" {type(result).__name__}."
            )
        from snowflake.snowpark._internal.type_utils import convert_sp_to_sf_type

        fields = result.schema.fields
        rows = result.collect()
        types = [convert_sp_to_sf_type(field.datatype) for field in fields]
        declared = [column[1] for column in self._columns or []] or [_kind(word) for word in types]
        if len(declared) != len(fields):
            raise ValueError(f"The handler returned a table of {len(fields)} columns, {len(declared)} are declared.")
        names = [field.name.strip('"') for field in fields]
        columns = [
            values.from_python([_value(row[place], kind) for row in rows], kind) for place, kind in enumerate(declared)
        ]
        return {"names": names, "types": types}, values.write(
            pa.table(columns, [str(place) for place in range(len(names))])
        )


def _kind(sql: str) -> values.SqlType:
    """Name the type of a DataFrame's column, from Snowpark's own words for it."""
    word, _, rest = sql.partition("(")
    word = word.strip().upper()
    if word == "NUMBER":
        precision, scale = (int(part) for part in rest.rstrip(")").split(","))
        if scale == 0 and (precision <= 18 or precision == 38):
            return {"kind": "int", "precision": precision, "scale": 0}
        return {"kind": "decimal", "precision": precision, "scale": scale}
    kinds = {"STRING": "varchar", "TIMESTAMP": "timestamp_ntz", "DOUBLE": "float"}
    kinds |= dict.fromkeys(("INT", "BIGINT", "SMALLINT", "BYTEINT", "TINYINT"), "int")
    kinds |= dict.fromkeys(("VARIANT", "ARRAY", "OBJECT", "MAP", "VECTOR"), "json")
    return {"kind": kinds.get(word, word.lower()), "precision": 38, "scale": 0}


def _value(value: Any, declared: values.SqlType) -> Any:
    # Snowpark hands semi-structured values out as their JSON text.
    if declared["kind"] == "json" and isinstance(value, str):
        import json

        return json.loads(value)
    return value
