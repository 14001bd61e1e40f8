"""Tables, views and sequences: CREATE, DROP, TRUNCATE, COMMENT."""

from __future__ import annotations

import datetime

from sqlglot import exp

from embedded_snowflake.errors import (
    SnowflakeError,
    already_exists,
    compilation_error,
    does_not_exist,
    not_supported,
)
from embedded_snowflake.names import decoded, display, display_path, quote
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.resolve import identifiers, lineage, table_names
from embedded_snowflake.sql.rewrite import column_names, sequences
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state import declarations
from embedded_snowflake.state.facts import Fact, of_definition
from embedded_snowflake.state.running import atomic, locked
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import (
    altering,
    assignment,
    clones,
    clustering,
    column_templates,
    comments,
    keys,
    options,
    table_catalog,
)
from embedded_snowflake.statements.table_catalog import DDL, DONE

_NOUNS = {"TABLE": "Table", "VIEW": "View", "SEQUENCE": "Sequence"}


def describe(_statement: Statement, _tree: exp.Expr) -> Result:
    """Describe DDL: a status, whatever becomes of it."""
    return status_result("", DDL)


def run(statement: Statement, tree: exp.Create | exp.Drop | exp.Alter | exp.TruncateTable | exp.Comment) -> Result:
    """Run DDL of tables, views and sequences.

    Raises:
        SnowflakeError: An object does not exist, exists already, or the statement is not supported.
    """
    session = statement.session
    if isinstance(tree, exp.Comment) or (isinstance(tree, exp.Create) and not tree.args.get("replace")):
        return _run(statement, tree)
    with locked(
        session, table_names.full_name(identifiers.stored_table(tree), session)
    ):  # another one's changes of it end first
        return _run(statement, tree)


def _run(statement: Statement, tree: exp.Create | exp.Drop | exp.Alter | exp.TruncateTable | exp.Comment) -> Result:
    if isinstance(tree, exp.Create):
        return _create(statement, tree)
    session = statement.session
    if isinstance(tree, exp.Drop):
        return _drop(session, tree)
    if isinstance(tree, exp.Alter):
        if str(tree.args.get("kind")).upper() not in ("TABLE", "VIEW"):
            raise not_supported(f"ALTER {tree.args.get('kind')}")
        return altering.alter(statement, tree)
    if isinstance(tree, exp.TruncateTable):
        return _truncate(session, tree)
    return comments.comment(statement, tree)


def _create(statement: Statement, tree: exp.Create) -> Result:
    session = statement.session
    kind = str(tree.kind).upper()
    if kind not in _NOUNS:
        raise not_supported(f"CREATE {kind}")
    options.check(tree, kind)
    temporary = table_names.is_temporary(tree)
    if temporary and session.apart:
        raise not_supported("temporary objects made in a procedure's own transaction within another")
    name = table_names.full_name(identifiers.stored_table(tree), session)
    shown_kind = "TRANSIENT" if _has(tree, exp.TransientProperty) else kind
    there = table_catalog.kind_of(session, name, temporary=temporary)
    if there is not None and tree.args.get("exists"):
        return status_result(f"{display(name.name)} already exists, statement succeeded.", DDL)
    if there is not None and not tree.args.get("replace"):
        raise already_exists(display_path(name))
    if not temporary and not session.engine.has_schema(name.database, name.schema):
        raise does_not_exist("Schema", f"{name.database}.{name.schema}")
    tree = column_templates.write_out(statement, tree)
    copied, clause = clones.source(session, tree), clustering.of_create(tree)
    replaced = Securable(there, *name) if there is not None else None
    origin = Securable("TABLE", *copied[0]) if copied is not None and copied[0] not in session.temporary else None
    granted_as = (replaced or origin) if _has(tree, exp.CopyGrantsProperty) else None
    if copied is not None:
        made = clones.statements(session, copied[0], name, rows=copied[1], temporary=temporary)
        if copied[0] == name and there is not None:
            if not temporary:
                session.engine.account.grants.created(Securable(kind, *name), session.role, replaced, granted_as)
            return status_result(f"{_NOUNS[kind]} {display(name.name)} successfully created.", DDL)
        declared, found_keys = declarations.columns(session, copied[0]), declarations.keys(session, copied[0])
        translated: exp.Expr | None = None
    else:
        required, written = _required(tree), tree.copy()
        made, declared, found_keys, translated = _definition(statement, tree, temporary=temporary)
        place = table_catalog.place(session, name, temporary=temporary)
        made += [
            f"alter table {place} alter column {quote(column)} set not null" for column in required
        ] + comments.of_definition(written, place)
    # DuckDB replaces a table by a table only, Snowflake a view by a table too.
    if there is not None and (there != kind or copied is not None):
        made.insert(0, f"drop {there} {table_catalog.place(session, name, temporary=temporary)}")

    key = clustering.key(clause, declared) if clause is not None else None
    if key is None and copied is not None:
        key = declarations.clustering(session, copied[0])

    filled: list[int] = []

    def run() -> None:
        filled.clear()
        for sql in made:
            answer = session.duck.execute(sql)
            if isinstance(tree.expression, exp.Query) and kind == "TABLE" and sql.lower().startswith("create"):
                filled.extend(row[0] for row in answer.fetchall())
        if kind == "TABLE" and not temporary:
            declarations.forget_loads(session, name)
        if kind != "SEQUENCE" and not temporary:
            declarations.declare(session, name, shown_kind, declared, found_keys)
            declarations.cluster(session, name, key)

    atomic(session, run)
    if temporary:
        session.temporary[name] = kind
        session.made_at[name] = datetime.datetime.now(datetime.UTC)
        declarations.declare(session, name, kind, declared)
        declarations.cluster(session, name, key)
    else:
        session.engine.account.grants.created(Securable(kind, *name), session.role, replaced, granted_as)
    if translated is not None:
        table_catalog.record_comments(session, translated)
    if kind != "SEQUENCE":
        table_catalog.record_lengths(session, name)
    done = status_result(f"{_NOUNS[kind]} {display(name.name)} successfully created.", DDL)
    done.inserted = filled[-1] if filled else None
    return done


def _definition(
    statement: Statement, tree: exp.Create, *, temporary: bool
) -> tuple[list[str], list[Fact], list[declarations.Key], exp.Expr]:
    """DuckDB's statements for a table, view or sequence that is written out, and what is declared about it."""
    session = statement.session
    _drop_clauses(tree)
    *first, last = sequences.number_columns(tree)
    for sequence in first if temporary else []:
        sequence.args["properties"].append("expressions", exp.TemporaryProperty())
        session.temporary[table_names.full_name(identifiers.stored_table(sequence), session)] = "SEQUENCE"
    made = [duck_sql(translate(part, statement).tree) for part in first]
    stored = identifiers.stored(last.copy())
    found_keys = keys.take_out(stored.this)
    if isinstance(last.this, exp.Schema):
        last.set("this", stored.this)
    declared = of_definition(stored.this)
    _refuse_twice([fact.name for fact in declared])
    _prepare_columns(last)
    last = replace_sources(statement, last)
    if isinstance(last.expression, exp.Query):
        named = column_names.name_projections(last.expression.copy())
        of_query = lineage.of_query(identifiers.stored(named), session)
        if not isinstance(stored.this, exp.Schema):
            _refuse_twice([fact.name for fact in of_query])
        declared = declared or of_query
    translated = translate(last, statement).tree
    if str(tree.kind).upper() == "VIEW" and isinstance(translated.expression, exp.Query):
        _keep_columns(session, translated)
    return [*made, duck_sql(translated)], declared, found_keys, translated


def _keep_columns(session: Session, view: exp.Expr) -> None:
    """Write a view's columns out: they stay what they are, whatever becomes of the table that its * stands for."""
    if isinstance(view.this, exp.Schema):
        names = [column.name for column in view.this.expressions]
    else:
        names = [
            decoded(str(row[0])) for row in session.duck.execute(f"describe {duck_sql(view.expression)}").fetchall()
        ]
    if len(set(names)) < len(names):
        return  # DuckDB cannot tell them apart
    quoted = [exp.to_identifier(name, quoted=True) for name in names]
    given = [identifier.copy() for identifier in quoted] if isinstance(view.this, exp.Schema) else []
    query = exp.Subquery(this=view.expression, alias=exp.TableAlias(this=exp.to_identifier("_view"), columns=given))
    view.set("expression", exp.select(*[exp.column(identifier) for identifier in quoted]).from_(query))


def _required(tree: exp.Create) -> list[str]:
    """Columns that CREATE TABLE (…) AS SELECT declares NOT NULL: DuckDB takes no declarations there."""
    schema = identifiers.stored(tree.this.copy()) if isinstance(tree.expression, exp.Query) else None
    if not isinstance(schema, exp.Schema) or str(tree.kind).upper() != "TABLE":
        return []
    found = []
    for column in schema.find_all(exp.ColumnDef):
        kinds = [constraint.args["kind"] for constraint in column.args.get("constraints") or []]
        if any(isinstance(kind, exp.NotNullColumnConstraint) and not kind.args.get("allow_null") for kind in kinds):
            found.append(column.name)
    return found


def _refuse_twice(names: list[str]) -> None:
    for column in names:
        if column and names.count(column) > 1:
            raise compilation_error(f"duplicate column name '{column}'", 2025, "42S21")


def _has(tree: exp.Create, clause: type[exp.Expr]) -> bool:
    properties = tree.args.get("properties")
    return properties is not None and any(isinstance(item, clause) for item in properties.expressions)


def _drop_clauses(tree: exp.Create) -> None:
    """Leave out what DuckDB has no clauses for."""
    properties = tree.args.get("properties")
    if properties is None:
        return
    meaningful = (exp.TemporaryProperty, exp.SchemaCommentProperty, exp.SequenceProperties)
    kept = [item for item in properties.expressions if isinstance(item, meaningful)]
    for item in kept:
        if isinstance(item, exp.SequenceProperties):  # all sequences here are in order
            item.set(
                "options",
                [option for option in item.args.get("options") or [] if option.name not in ("ORDER", "NOORDER")],
            )
    properties.set("expressions", kept)
    if not kept:
        tree.set("properties", None)


def _prepare_columns(tree: exp.Expr) -> None:
    """CREATE TABLE t (a INT, …) AS SELECT …: DuckDB takes no column list there; cast and name the query's columns."""
    schema = tree.this
    query = tree.expression
    if (
        not isinstance(schema, exp.Schema)
        or not isinstance(query, exp.Query)
        or str(tree.args.get("kind")).upper() != "TABLE"
    ):
        return
    definitions = [item for item in schema.expressions if isinstance(item, (exp.ColumnDef, exp.Identifier))]
    types = [item.kind if isinstance(item, exp.ColumnDef) else None for item in definitions]
    names = [item.this if isinstance(item, exp.ColumnDef) else item for item in definitions]
    tree.set("expression", assignment.cast_query(query.copy(), types, names))
    tree.set("this", schema.this)


def _truncate(session: Session, tree: exp.TruncateTable) -> Result:
    name = table_names.full_name(identifiers.stored_table(tree), session)
    if table_catalog.kind_of(session, name) != "TABLE":
        if tree.args.get("exists"):
            return status_result(DONE, DDL)
        raise does_not_exist("Table", display_path(name))
    session.begin_change()

    def run() -> None:
        session.duck.execute(f"truncate {table_catalog.place(session, name)}")
        if name not in session.temporary:
            declarations.forget_loads(session, name)

    atomic(session, run)
    emptied = status_result(DONE, DDL)
    emptied.affected = 0  # made again with the transaction: it is a change of rows, no DDL
    return emptied


def _drop(session: Session, tree: exp.Drop) -> Result:
    kind = str(tree.kind).upper()
    if kind not in _NOUNS:
        raise not_supported(f"DROP {kind}")
    name = table_names.full_name(identifiers.stored_table(tree), session)
    temporary = name in session.temporary
    found = table_catalog.kind_of(session, name)
    if found is None:
        if tree.args.get("exists"):
            return status_result(
                "Drop statement executed successfully (" + display(name.name) + " already dropped).", DDL
            )
        raise does_not_exist("Table" if kind == "TABLE" else kind.capitalize(), display_path(name))
    if found != kind:
        raise SnowflakeError(
            f"SQL compilation error:\nObject found is of type '{found}', not specified type '{kind}'.", 2203, "02000"
        )

    def run() -> None:
        session.duck.execute(f"drop {kind} {table_catalog.place(session, name)}")
        if not temporary and kind != "SEQUENCE":
            declarations.forget(session, name)
        if kind == "TABLE" and not temporary:
            declarations.forget_loads(session, name)

    atomic(session, run)
    session.temporary.pop(name, None)
    if not temporary:
        session.engine.account.grants.dropped(Securable(kind, *name))
    return status_result(f"{display(name.name)} successfully dropped.", DDL)
