"""Which privileges there are on what: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege#syntax."""

from __future__ import annotations

from embedded_snowflake.errors import not_supported

# ALL PRIVILEGES stands for all of a kind's. Of some kinds nothing can be made here, but set-up scripts name them with
# ALL and FUTURE.
PRIVILEGES: dict[str, tuple[str, ...]] = {
    "TABLE": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "APPLYBUDGET", "EVOLVE SCHEMA"),
    "VIEW": ("SELECT", "REFERENCES"),
    "SEQUENCE": ("USAGE",),
    "STAGE": ("READ", "WRITE"),
    "FILE FORMAT": ("USAGE",),
    "FUNCTION": ("USAGE",),
    "PROCEDURE": ("USAGE",),
    "DYNAMIC TABLE": ("SELECT", "MONITOR", "OPERATE"),
    "EXTERNAL TABLE": ("SELECT", "REFERENCES"),
    "MATERIALIZED VIEW": ("SELECT", "REFERENCES"),
    "PIPE": ("MONITOR", "OPERATE"),
    "STREAM": ("SELECT",),
    "TASK": ("MONITOR", "OPERATE"),
    "SCHEMA": ("ADD SEARCH OPTIMIZATION", "APPLYBUDGET", "MODIFY", "MONITOR", "USAGE"),
    "DATABASE": ("APPLYBUDGET", "MODIFY", "MONITOR", "USAGE"),
    "WAREHOUSE": ("APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"),
    "ROLE": (),
    "USER": ("MONITOR",),
    "ACCOUNT": (),
}
# What can be created in a schema or database; with ALL PRIVILEGES all of it.
_CREATE = {
    "SCHEMA": ("FILE FORMAT", "FUNCTION", "PIPE", "PROCEDURE", "SEQUENCE", "STAGE", "STREAM", "TABLE", "TASK", "VIEW"),
    "DATABASE": ("DATABASE ROLE", "SCHEMA"),
}
_OF_THE_ACCOUNT = frozenset(
    {
        "APPLY",
        "ATTACH",
        "AUDIT",
        "BIND",
        "CREATE",
        "EXECUTE",
        "IMPORT",
        "MANAGE",
        "MODIFY",
        "MONITOR",
        "OVERRIDE",
        "PURCHASE",
        "RESOLVE",
    }
)


def all_of(kind: str) -> list[str]:
    """List what ALL PRIVILEGES grants.

    Args:
        kind: Kind of object.

    Returns:
        Names of privileges.

    Raises:
        SnowflakeError: It is the account's, or a role's.
    """
    if not PRIVILEGES[kind]:
        raise not_supported(f"ALL PRIVILEGES on {kind}")
    return [*PRIVILEGES[kind], *(f"CREATE {made}" for made in _CREATE.get(kind, ()))]


def check(privileges: list[str], kind: str) -> None:
    """Check that privileges are some that a kind of object has.

    Args:
        privileges: Their names.
        kind: Kind of object.

    Raises:
        SnowflakeError: One is not.
    """
    for privilege in privileges:
        word = privilege.partition(" ")[0]
        known = privilege in PRIVILEGES[kind] or (word == "CREATE" and kind in _CREATE)
        if not known and not (kind == "ACCOUNT" and word in _OF_THE_ACCOUNT):
            raise not_supported(f"the privilege {privilege} on {kind}")
