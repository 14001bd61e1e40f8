"""What privileges are granted on: https://docs.snowflake.com/en/user-guide/security-access-control-overview#securable-objects."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_snowflake.names import display


@dataclass(frozen=True)
class Securable:
    """An object of the account, as grants name it.

    Attributes:
        kind: TABLE, FILE FORMAT, SCHEMA, DATABASE, WAREHOUSE, ROLE, ACCOUNT, …
        database: Its database; of a database its own name; "" for an object of the account.
        schema: Its schema; of a schema its own name.
        name: Its name; "" for a database or schema. Of a function "F(X FLOAT):FLOAT", since its name alone does not
            tell which.
    """

    kind: str
    database: str = ""
    schema: str = ""
    name: str = ""

    @property
    def shown(self) -> str:
        """The full name as SHOW GRANTS writes it."""
        return ".".join(display(part) for part in (self.database, self.schema, self.name) if part)
