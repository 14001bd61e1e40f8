"""Lists of tables and views, the session's temporary ones among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_snowflake.names import TableName, private_table
from embedded_snowflake.private_tables import SCHEMA
from embedded_snowflake.state.account_file import BEGINNING
from embedded_snowflake.state.duck_catalog import TABLES, VIEWS
from embedded_snowflake.state.grant_queries import DEFAULT_OWNER
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session


def list_all(session: Session, database: str | None, schema: str | None) -> list[dict[str, Any]]:
    """List tables and views.

    Args:
        database: Of which database; None for all.
        schema: Of which schema; None for all.

    Returns:
        What SHOW OBJECTS says of each, by its names of the columns, but for the number of rows; sorted by name.
    """
    found = []
    for name in [database] if database is not None else session.engine.databases():
        if name not in session.engine.databases():
            continue
        rows = session.duck.execute(
            f"""select objects.schema_name, name, coalesce(facts.kind, objects.kind) as kind, created, comment, shown
            from (select schema_name, table_name as name, 'TABLE' as kind, comment from {TABLES}
                  where database_name = $1 and not internal
                  union all select schema_name, view_name, 'VIEW', comment from {VIEWS}
                  where database_name = $1 and not internal) objects
            left join {private_table(name, "table_facts")} facts
            on facts.schema_name = objects.schema_name and facts.table_name = name
            left join {private_table(name, "cluster_facts")} keys
            on keys.schema_name = objects.schema_name and keys.table_name = name
            where objects.schema_name not in ('main', '{SCHEMA}')""",
            [name],
        ).fetchall()
        owners = session.engine.account.grants.owners(name)
        found += [
            {
                "created_on": created or BEGINNING,
                "name": table,
                "kind": kind,
                "database_name": name,
                "schema_name": space,
                "comment": comment or "",
                **_clustered(key),
                "owner": owners.get(
                    Securable("VIEW" if kind == "VIEW" else "TABLE", name, space, table), DEFAULT_OWNER
                ),
            }
            for space, table, kind, created, comment, key in rows
        ]
    hidden = set(session.temporary)
    found = [item for item in found if name_of(item) not in hidden]
    for place, kind in session.temporary.items():
        held, space, table = place
        shown = "VIEW" if kind == "VIEW" else "TEMPORARY"
        if database in (None, held) and kind != "SEQUENCE":
            made = session.made_at.get(place, BEGINNING)
            item = {"created_on": made, "name": table, "kind": shown, "database_name": held, "schema_name": space}
            key = session.clustering.get(place)
            found.append({**item, **_clustered(key.shown if key is not None else None)})
    wanted = [item for item in found if schema in (None, item["schema_name"])]
    return sorted(wanted, key=name_of)


def _clustered(key: str | None) -> dict[str, Any]:
    return {"cluster_by": key, "automatic_clustering": "ON"} if key is not None else {}


def name_of(item: Mapping[str, Any]) -> TableName:
    """Give the full name of an object that SHOW lists.

    Args:
        item: A row of `objects`.

    Returns:
        Its database, schema and name.
    """
    return TableName(item["database_name"], item["schema_name"], item["name"])
