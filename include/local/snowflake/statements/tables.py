"""Tables, views and sequences: CREATE, ALTER, DROP, TRUNCATE, COMMENT."""

from __future__ import annotations

import datetime

from fakesnow import transforms
from fakesnow.info_schema import insert_table_comment_sql, insert_text_lengths_sql
from sqlglot import exp

from include.local.snowflake.errors import SnowflakeError, already_exists, compilation_error, does_not_exist, not_supported
from include.local.snowflake.names import display, quote
from include.local.snowflake.results import Result, status_result
from include.local.snowflake.sources.replacing import replace_sources
from include.local.snowflake.sql import identifiers, lineage, placement
from include.local.snowflake.sql.translate import translate
from include.local.snowflake.state import declarations
from include.local.snowflake.state.facts import of_definition
from include.local.snowflake.state.session import Session
from include.local.snowflake.statements.running import atomic, duck_sql, retried

DDL = 0x6000
DONE = "Statement executed successfully."
_LOAD_TABLES = ("_fs_load_history", "loaded_files")
_NAMED_TABLES = (*_LOAD_TABLES, "table_facts", "column_facts")


def handle(session: Session, tree: exp.Expr) -> Result | None:
    """Run DDL of tables, views and sequences.

    Args:
        session: The session.
        tree: Statement, its placeholders filled in.

    Returns:
        Its result, or None when it is another kind of statement.

    Raises:
        SnowflakeError: An object does not exist, exists already, or the statement is not supported.
    """
    if not isinstance(tree, (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable, exp.Comment)):
        return None
    if session.describe_only:
        return status_result("", DDL)
    session.commit()  # DDL ends the open transaction first, and runs in one of its own
    if isinstance(tree, exp.Create):
        return _create(session, tree)
    if isinstance(tree, exp.Drop):
        return _drop(session, tree)
    if isinstance(tree, exp.Alter) and any(isinstance(action, exp.AlterRename) for action in tree.args.get("actions") or []):
        return _rename(session, tree)
    emptied = placement.full_name(identifiers.stored_table(tree), session) if isinstance(tree, exp.TruncateTable) else None
    translated = translate(tree, session)
    _record_comments(session, translated)
    statements = [duck_sql(part) for part in transforms.alter_table_add_multiple_columns(translated)]

    def run() -> None:
        for statement in statements:
            session.duck.execute(statement)
        if emptied is not None and emptied not in session.temporary:
            forget_loads(session, emptied)

    retried(session, lambda: atomic(session, run))
    return status_result(DONE, DDL)


def _rename(session: Session, tree: exp.Alter) -> Result:
    old = placement.full_name(identifiers.stored_table(tree), session)
    target = identifiers.stored_table(tree.args["actions"][0])
    new = (target.catalog or old[0], target.db or old[1], target.name)
    temporary = old in session.temporary
    kind = _existing_kind(session, old, temporary=temporary)
    if kind is None:
        if tree.args.get("exists"):
            return status_result(DONE, DDL)
        raise does_not_exist("Table", ".".join(old))
    if new[:2] != old[:2]:
        raise not_supported("moving a table to another schema")
    if _existing_kind(session, new, temporary=temporary) is not None:
        raise already_exists(".".join(new))

    def run() -> None:
        session.duck.execute(f"alter {kind} {_place_of(old, temporary)} rename to {quote('.'.join(new) if temporary else new[2])}")
        for table in () if temporary else _NAMED_TABLES:
            place = f"{quote(old[0])}._fs_information_schema.{table}"
            session.duck.execute(f"update {place} set table_name = ? where schema_name = ? and table_name = ?", [new[2], old[1], old[2]])

    retried(session, lambda: atomic(session, run))
    if temporary:
        session.temporary[new] = session.temporary.pop(old)
        session.column_facts[new] = session.column_facts.pop(old, [])
    return status_result(DONE, DDL)


def _create(session: Session, tree: exp.Create) -> Result:
    kind = str(tree.kind).upper()
    if kind not in ("TABLE", "VIEW", "SEQUENCE"):
        raise not_supported(f"CREATE {kind}")
    temporary = placement.is_temporary(tree)
    replace, exists = bool(tree.args.get("replace")), bool(tree.args.get("exists"))
    shown_kind = "TRANSIENT" if _is_transient(tree) else kind
    _drop_clauses(tree)
    before = transforms.create_table_autoincrement(tree)
    *first, last = before
    for sequence in first if temporary else []:
        sequence.args["properties"].append("expressions", exp.TemporaryProperty())
        session.temporary[placement.full_name(identifiers.stored_table(sequence), session)] = "SEQUENCE"
    prepared = [duck_sql(translate(part, session)) for part in first]
    name = placement.full_name(identifiers.stored_table(last), session)
    declared = of_definition(identifiers.stored(last.copy()).this)
    _prepare_columns(last)
    place = _existing_kind(session, name, temporary=temporary)
    if place is not None and exists:
        return status_result(f"{display(name[2])} already exists, statement succeeded.", DDL)
    if place is not None and not replace:
        raise already_exists(".".join(name))
    if isinstance(last.expression, exp.Query):
        lineage_of_query = lineage.of_query(identifiers.stored(last.expression.copy()), session)
    else:
        lineage_of_query = []
    names = [fact.name for fact in lineage_of_query]
    for column in names:
        if column and names.count(column) > 1:
            raise compilation_error(f"duplicate column name '{column}'", 2025, "42S21")
    translated = translate(replace_sources(session, last), session)
    sql = duck_sql(translated)
    declared = declared or lineage_of_query

    def run() -> None:
        for statement in prepared:
            session.duck.execute(statement)
        if place is not None and place != kind:
            # DuckDB replaces a table by a table only, Snowflake a view by a table too.
            session.duck.execute(f"drop {place} {_place_of(name, temporary)}")
        session.duck.execute(sql)
        if kind == "TABLE" and not temporary:
            forget_loads(session, name)
        if kind != "SEQUENCE" and not temporary:
            declarations.declare(session, name, shown_kind, declared)

    if not temporary and not session.engine.has_schema(name[0], name[1]):
        raise does_not_exist("Schema", f"{name[0]}.{name[1]}")
    retried(session, lambda: atomic(session, run))
    if temporary:
        session.temporary[name] = kind
        session.made_at[name] = datetime.datetime.now(datetime.UTC)
        declarations.declare(session, name, kind, declared)
    _record_comments(session, translated)
    _record_lengths(session, translated, name)
    noun = {"TABLE": "Table", "VIEW": "View", "SEQUENCE": "Sequence"}[kind]
    return status_result(f"{noun} {display(name[2])} successfully created.", DDL)


def _is_transient(tree: exp.Create) -> bool:
    properties = tree.args.get("properties")
    return properties is not None and any(isinstance(item, exp.TransientProperty) for item in properties.expressions)


def _drop_clauses(tree: exp.Create) -> None:
    """Leave out what has no meaning here: TRANSIENT, CLUSTER BY, retention, change tracking, COPY GRANTS, SECURE."""
    properties = tree.args.get("properties")
    if properties is None:
        return
    meaningful = (exp.TemporaryProperty, exp.SchemaCommentProperty, exp.SequenceProperties)
    kept = [item for item in properties.expressions if isinstance(item, meaningful)]
    properties.set("expressions", kept)
    if not kept:
        tree.set("properties", None)


def _prepare_columns(tree: exp.Expr) -> None:
    """CREATE TABLE t (a INT, …) AS SELECT …: DuckDB takes no column list there; cast and name the query's columns."""
    schema = tree.this
    query = tree.expression
    if not isinstance(schema, exp.Schema) or not isinstance(query, exp.Query) or str(tree.args.get("kind")).upper() != "TABLE":
        return
    definitions = [item for item in schema.expressions if isinstance(item, (exp.ColumnDef, exp.Identifier))]
    names = [f"_c{number}" for number in range(len(definitions))]
    projections = []
    for name, definition in zip(names, definitions, strict=True):
        column: exp.Expr = exp.column(exp.to_identifier(name, quoted=True))
        if isinstance(definition, exp.ColumnDef) and definition.kind is not None:
            column = exp.cast(column, definition.kind.copy())
        target = definition.this if isinstance(definition, exp.ColumnDef) else definition
        projections.append(exp.alias_(column, target.copy()))
    alias = exp.TableAlias(this=exp.to_identifier("_q"), columns=[exp.to_identifier(name, quoted=True) for name in names])
    tree.set("expression", exp.Select(expressions=projections).from_(exp.Subquery(this=query.copy(), alias=alias)))
    tree.set("this", schema.this)


def _existing_kind(session: Session, name: tuple[str, str, str], *, temporary: bool) -> str | None:
    """TABLE, VIEW or SEQUENCE when there is one of that name where a new one would go."""
    if temporary:
        return session.temporary.get(name)
    sql = """select 'TABLE' from duckdb_tables() where database_name=$1 and schema_name=$2 and table_name=$3
             union all select 'VIEW' from duckdb_views() where database_name=$1 and schema_name=$2 and view_name=$3
             union all select 'SEQUENCE' from duckdb_sequences() where database_name=$1 and schema_name=$2 and sequence_name=$3"""
    row = session.duck.cursor().execute(sql, list(name)).fetchone()
    return str(row[0]) if row else None


def _place_of(name: tuple[str, str, str], temporary: bool) -> str:
    parts = ("temp", "main", ".".join(name)) if temporary else name
    return ".".join(exp.to_identifier(part, quoted=True).sql("duckdb") for part in parts)


def _drop(session: Session, tree: exp.Drop) -> Result:
    kind = str(tree.kind).upper()
    if kind not in ("TABLE", "VIEW", "SEQUENCE"):
        raise not_supported(f"DROP {kind}")
    name = placement.full_name(identifiers.stored_table(tree), session)
    temporary = name in session.temporary
    found = _existing_kind(session, name, temporary=temporary)
    if found is None:
        if tree.args.get("exists"):
            return status_result("Drop statement executed successfully (" + display(name[2]) + " already dropped).", DDL)
        raise does_not_exist("Table" if kind == "TABLE" else kind.capitalize(), ".".join(name))
    if found != kind:
        raise SnowflakeError(f"SQL compilation error:\nObject found is of type '{found}', not specified type '{kind}'.", 2203, "02000")

    def run() -> None:
        session.duck.execute(f"drop {kind} {_place_of(name, temporary)}")
        if not temporary and kind != "SEQUENCE":
            declarations.forget(session, name)
        if kind == "TABLE" and not temporary:
            forget_loads(session, name)

    retried(session, lambda: atomic(session, run))
    session.temporary.pop(name, None)
    return status_result(f"{display(name[2])} successfully dropped.", DDL)


def forget_loads(session: Session, name: tuple[str, str, str]) -> None:
    """Forget which files a table was loaded from: the next COPY INTO loads them again.

    Args:
        session: The session, inside a transaction.
        name: Database, schema and table.
    """
    for table in _LOAD_TABLES:
        place = f"{quote(name[0])}._fs_information_schema.{table}"
        session.duck.execute(f"delete from {place} where schema_name = ? and table_name = ?", [name[1], name[2]])


def _record_comments(session: Session, tree: exp.Expr) -> None:
    comment = tree.args.get("table_comment")
    if comment and comment[1] is not None:
        table, text = comment
        database, schema, name = placement.full_name(table, session)
        escaped = str(text).replace("'", "''")
        session.engine.root.cursor().execute(insert_table_comment_sql(database, schema, name, escaped))


def _record_lengths(session: Session, tree: exp.Expr, name: tuple[str, str, str]) -> None:
    lengths = tree.args.get("text_lengths")
    if lengths:
        database, schema, table = (part.replace("'", "''") for part in name)
        columns = [(str(column).replace("'", "''"), size) for column, size in lengths]
        session.engine.root.cursor().execute(insert_text_lengths_sql(database, schema, table, columns))
