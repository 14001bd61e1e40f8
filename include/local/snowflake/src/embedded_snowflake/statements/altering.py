"""ALTER TABLE and VIEW: columns and keys, with what is declared about them kept right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fakesnow import transforms
from sqlglot import exp

from embedded_snowflake.errors import compilation_error, does_not_exist, not_supported
from embedded_snowflake.names import TableName, display_path, literal, quote
from embedded_snowflake.results import BINARY_LENGTH, TEXT_LENGTH, Result, status_result
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.sql.rewrite.conversions import is_integer
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state import declarations
from embedded_snowflake.state.facts import Clustering, Fact, of_type
from embedded_snowflake.state.running import atomic
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import clustering, keys, options, renaming, table_catalog
from embedded_snowflake.statements.assignment import target_columns

_FAMILIES = {
    **dict.fromkeys(("VARCHAR", "TEXT", "CHAR", "NCHAR", "NVARCHAR"), "text"),
    **dict.fromkeys(("BINARY", "VARBINARY"), "binary"),
    **dict.fromkeys(("DECIMAL", "INT", "BIGINT", "SMALLINT", "TINYINT"), "number"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "float"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPNTZ", "DATETIME"), "timestamp_ntz"),
}
_WORDS = {
    "DECIMAL": "NUMBER",
    "DOUBLE": "FLOAT",
    "TIMESTAMPNTZ": "TIMESTAMP_NTZ",
    "TIMESTAMPLTZ": "TIMESTAMP_LTZ",
    "TIMESTAMPTZ": "TIMESTAMP_TZ",
}
_WHOLE = {"NUMBER": "(38,0)", "VARCHAR": f"({TEXT_LENGTH})", "BINARY": f"({BINARY_LENGTH})"} | dict.fromkeys(
    ("TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"), "(9)"
)
_FULL = {"text": TEXT_LENGTH, "binary": BINARY_LENGTH}


@dataclass
class _Change:
    """A table as the actions change it.

    Attributes:
        statement: The statement, no transaction open.
        name: Database, schema and table.
        kind: TABLE or VIEW.
        statements: What DuckDB is to do.
        facts: What is declared about the columns.
        keys: Its keys.
        clustering: Its clustering key.
    """

    statement: Statement
    name: TableName
    kind: str
    statements: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    keys: list[declarations.Key] = field(default_factory=list)
    clustering: Clustering | None = None

    @property
    def session(self) -> Session:
        """The statement's session."""
        return self.statement.session

    @property
    def place(self) -> str:
        """The table in DuckDB's SQL."""
        return table_catalog.place(self.session, self.name)

    def fact(self, name: str) -> Fact:
        """Find the column of that name.

        Raises:
            SnowflakeError: There is none.
        """
        found = next((fact for fact in self.facts if fact.name == name), None)
        if found is None:
            raise compilation_error(f"column {name} does not exist", 1454, "42601")
        return found


def alter(statement: Statement, tree: exp.Alter) -> Result:
    """Run ALTER TABLE or ALTER VIEW.

    Returns:
        "Statement executed successfully."

    Raises:
        SnowflakeError: Table or column do not exist, Snowflake would refuse the change, or it is not supported.
    """
    session = statement.session
    name = table_names.full_name(identifiers.stored_table(tree), session)
    actions = identifiers.stored(tree.copy()).args.get("actions") or []
    kind = table_catalog.kind_of(session, name)
    if kind is None:
        if tree.args.get("exists"):
            return status_result(table_catalog.DONE, table_catalog.DDL)
        raise does_not_exist("Table", display_path(name))
    if len(actions) == 1 and isinstance(actions[0], exp.AlterRename):
        renaming.rename(session, name, actions[0], kind)
    elif len(actions) == 1 and isinstance(actions[0], exp.SwapTable):
        renaming.swap(session, name, actions[0])
    else:
        change = _Change(
            statement, name, kind, facts=declarations.columns(session, name), keys=declarations.keys(session, name)
        )
        change.clustering = declarations.clustering(session, name)
        for action in actions:
            handler = _ACTIONS.get(type(action))
            if handler is not None:
                handler(change, action)
            else:
                _pass_on(change, action)
        _carry_out(change)
    return status_result(table_catalog.DONE, table_catalog.DDL)


def _carry_out(change: _Change) -> None:
    session, name = change.session, change.name

    def run() -> None:
        for sql in change.statements:
            session.duck.execute(sql)
        declarations.redeclare(session, name, change.facts)
        declarations.replace_keys(session, name, change.keys)
        declarations.cluster(session, name, change.clustering)

    atomic(session, run)
    table_catalog.record_lengths(session, name)


def _pass_on(change: _Change, action: exp.Expr) -> None:
    """Leave an action to DuckDB, or to fakesnow, which ignores what has no meaning here."""
    table = exp.Table(
        **dict(
            zip(("catalog", "db", "this"), (exp.to_identifier(part, quoted=True) for part in change.name), strict=True)
        )
    )
    translated = translate(exp.Alter(this=table, kind="TABLE", actions=[action]), change.statement).tree
    table_catalog.record_comments(change.session, translated)
    change.statements += [duck_sql(part) for part in transforms.alter_table_add_multiple_columns(translated)]


def _add_column(change: _Change, action: exp.ColumnDef) -> None:
    if any(fact.name == action.name for fact in change.facts):
        if action.args.get("exists"):
            return
        raise compilation_error(f"column '{action.name}' already exists", 1430, "42601")
    if action.find(exp.AutoIncrementColumnConstraint, exp.GeneratedAsIdentityColumnConstraint) is not None:
        raise not_supported("adding an AUTOINCREMENT column")
    change.keys += keys.of_column(action)
    change.facts.append(of_type(action.name, action.kind))
    action.set("exists", None)
    _pass_on(change, action)


def _drop(change: _Change, action: exp.Drop) -> None:
    dropped = [item.name for item in action.args.get("tables") or []]
    if str(action.args.get("kind")).upper() == "CONSTRAINT":
        change.keys = [key for key in change.keys if key.name not in dropped]
        return
    for column in dropped:
        if action.args.get("exists") and not any(fact.name == column for fact in change.facts):
            continue
        clustering.refuse_change(change.session, change.name, column)
        change.facts.remove(change.fact(column))
        change.keys = [key for key in change.keys if column not in key.columns]
        change.statements.append(f"alter table {change.place} drop column {quote(column)}")


def _rename_column(change: _Change, action: exp.RenameColumn) -> None:
    old, new = action.this.name, action.args["to"].name
    clustering.refuse_change(change.session, change.name, old)
    position = change.facts.index(change.fact(old))
    if any(fact.name == new for fact in change.facts):
        raise compilation_error(f"column '{new}' already exists", 1430, "42601")
    change.facts[position] = replace(change.facts[position], name=new)
    change.keys = [
        replace(key, columns=tuple(new if column == old else column for column in key.columns)) for key in change.keys
    ]
    change.statements.append(f"alter table {change.place} rename column {quote(old)} to {quote(new)}")


def _alter_column(change: _Change, action: exp.AlterColumn) -> None:
    column = action.this.name
    position = change.facts.index(change.fact(column))
    if action.args.get("comment") is not None:
        change.statements.append(
            f"comment on column {change.place}.{quote(column)} is {literal(action.args['comment'].name)}"
        )
    elif action.args.get("dtype") is not None:
        if _retype(change, column, action.args["dtype"]):
            _pass_on(change, action)
        change.facts[position] = replace(
            of_type(column, action.args["dtype"]), nullable=change.facts[position].nullable
        )
    else:
        _pass_on(change, action)


def _shown(kind: exp.DataType) -> str:
    """Write a type as Snowflake does, whatever word was used for it."""
    if is_integer(kind):
        return "NUMBER(38,0)"
    text = kind.sql(dialect="snowflake").replace(", ", ",")
    word, bracket, rest = text.partition("(")
    word = _WORDS.get(word, word)
    return f"{word}({rest}" if bracket else f"{word}{_WHOLE.get(word, '')}"


def _retype(change: _Change, column: str, new: exp.DataType) -> bool:
    """Tell whether DuckDB's type changes; refuse what Snowflake refuses: other types, other scales, shorter texts."""
    old = next(target for target in target_columns(change.session, change.name) if target.name == column)
    family, wanted = (_FAMILIES.get(kind.this.name, kind.this.name) for kind in (old.type, new))
    shown = f"cannot change column {column} from type {_shown(old.type)} to {_shown(new)}"
    if family != wanted:
        raise compilation_error(shown, 2108, "22000")
    if family in _FULL:
        length = of_type(column, new).length or _FULL[family]
        if length < (old.length or _FULL[family]):
            raise compilation_error(
                f"{shown} because reducing the byte-length of a varchar is not supported.", 2108, "22000"
            )
        return False
    if family != "number":
        return False
    digits = [int(part.name) for part in new.expressions] if not is_integer(new) else [38, 0]
    known = [int(part.name) for part in old.type.expressions]
    if [*digits, 0][1] != [*known, 0][1]:
        raise compilation_error(f"{shown} because changing the scale of a number is not supported.", 2108, "22000")
    return digits[0] != known[0]


def _add_constraint(change: _Change, action: exp.AddConstraint) -> None:
    for item in action.expressions:
        change.keys += keys.of_constraint(item)


def _add_columns(change: _Change, action: exp.Schema) -> None:
    """ADD (a INT, b VARCHAR)."""
    for definition in action.expressions:
        if not isinstance(definition, exp.ColumnDef):
            raise not_supported("ALTER TABLE ADD of this")
        _add_column(change, definition)


def _set(change: _Change, action: exp.AlterSet) -> None:
    """SET name = value …: a comment is kept, what has no meaning here is ignored."""
    if action.args.get("tag"):
        raise not_supported("tags")
    if not action.expressions:
        raise not_supported(f"ALTER {change.kind} {action.sql(dialect='snowflake')[:60]}")
    for item in (
        item for properties in action.expressions for item in getattr(properties, "expressions", [properties])
    ):
        if isinstance(item, exp.SchemaCommentProperty):
            change.statements.append(f"comment on {change.kind} {change.place} is {literal(item.this.name)}")
            alone = exp.AlterSet(expressions=[exp.Properties(expressions=[item.copy()])])
            _pass_on(change, alone)  # fakesnow keeps it for INFORMATION_SCHEMA
        else:
            options.check_option(item.name, item.args.get("value"), f"ALTER {change.kind} SET")


def _unset(change: _Change, action: exp.Set) -> None:
    for item in action.expressions:
        name = item.name.upper()
        if name == "COMMENT":
            change.statements.append(f"comment on {change.kind} {change.place} is null")
        elif action.args.get("tag"):
            raise not_supported("tags")
        else:
            options.check_option(name, None, f"ALTER {change.kind} UNSET")


def _cluster(change: _Change, action: nodes.ClusterKey) -> None:
    change.clustering = clustering.key(action, change.facts)


def _drop_primary_key(change: _Change, _action: nodes.DropPrimaryKey) -> None:
    change.keys = [key for key in change.keys if key.kind != "PRIMARY KEY"]


def _drop_clustering_key(change: _Change, _action: nodes.DropClusteringKey) -> None:
    change.clustering = None


_ACTIONS: dict[type[exp.Expr], Callable[[_Change, exp.Expr], None]] = {
    exp.ColumnDef: _add_column,  # type: ignore[dict-item]
    exp.Drop: _drop,  # type: ignore[dict-item]
    exp.RenameColumn: _rename_column,  # type: ignore[dict-item]
    exp.AlterColumn: _alter_column,  # type: ignore[dict-item]
    exp.AddConstraint: _add_constraint,  # type: ignore[dict-item]
    nodes.ClusterKey: _cluster,  # type: ignore[dict-item]
    nodes.DropClusteringKey: _drop_clustering_key,  # type: ignore[dict-item]
    nodes.DropPrimaryKey: _drop_primary_key,  # type: ignore[dict-item]
    exp.Schema: _add_columns,  # type: ignore[dict-item]
    exp.AlterSet: _set,  # type: ignore[dict-item]
    exp.Set: _unset,  # type: ignore[dict-item]
}
