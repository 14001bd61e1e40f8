"""INSERT ALL and INSERT FIRST: rows of one query into several tables.

https://docs.snowflake.com/en/sql-reference/sql/insert-multi-table
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported, syntax_error, wrong_number_of_values
from embedded_snowflake.names import TEMPORARY, quote
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state.running import atomic, count
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import assignment, changes

MULTI_INSERT = 0x3500


def describe(_statement: Statement, tree: exp.MultitableInserts) -> Result:
    """Give the columns of INSERT ALL or INSERT FIRST: one for each table.

    Raises:
        SnowflakeError: Snowflake would refuse it.
    """
    return Result([_column(name) for name in dict.fromkeys(_targets(tree))], rows=[], statement_type=MULTI_INSERT)


def _targets(tree: exp.MultitableInserts) -> list[str]:
    return [identifiers.stored_table(insert).name for insert, _ in _with_conditions(tree)]


def _column(table: str) -> Column:
    return Column(f"number of rows inserted into {table}", "fixed", precision=38, scale=0, nullable=False)


def run(statement: Statement, tree: exp.MultitableInserts) -> Result:
    """Run INSERT ALL or INSERT FIRST, and answer with the number of rows inserted into each table.

    Raises:
        SnowflakeError: Snowflake would refuse it, or it is not supported.
    """
    session = statement.session
    inserts, targets = _with_conditions(tree), _targets(tree)
    session.begin_change()
    source = _materialise(statement, tree.args["source"])
    statements = [
        changes.statements(statement, _from_rows(session, insert, condition, source)) for insert, condition in inserts
    ]

    def insert_all() -> list[int]:
        return [[count(session, sql) for sql in part][-1] for part in statements]

    counts = dict.fromkeys(targets, 0)
    for name, number in zip(targets, atomic(session, insert_all), strict=True):
        counts[name] += number
    answer = [_column(name) for name in counts]
    return Result(answer, rows=[tuple(counts.values())], statement_type=MULTI_INSERT, affected=sum(counts.values()))


def _with_conditions(tree: exp.MultitableInserts) -> list[tuple[exp.Insert, exp.Expr | None]]:
    """Each INTO with the condition of the rows that it takes, the clauses before it taken into account."""
    found: list[tuple[exp.Insert, exp.Expr | None]] = []
    before: list[exp.Expr] = []  # what tells that a clause before this one has taken the row
    current: exp.Expr | None = None
    for clause in tree.expressions:
        condition = clause.args.get("expression")
        first = str(tree.args["kind"]).upper() == "FIRST"
        if condition is not None:
            met = exp.Coalesce(this=exp.paren(condition.copy()), expressions=[exp.false()])
            current = exp.and_(met, *(exp.not_(one.copy()) for one in before)) if first else met
            before.append(met)
        elif clause.args.get("else_"):
            current = exp.and_(*(exp.not_(one.copy()) for one in before))
        elif current is None and first:
            raise syntax_error("syntax error line 1 at position 7 unexpected 'FIRST'.")
        found.append((clause.this, current.copy() if current is not None else None))
    return found


def _materialise(statement: Statement, query: exp.Expr) -> exp.Table:
    """Hold the query's rows in a temporary table of the statement: it is run once."""
    session = statement.session
    inner = query.this if isinstance(query, exp.Subquery) and not query.alias else query
    if not isinstance(inner, exp.Query):
        raise not_supported("INSERT ALL of anything but a query")
    name = statement.scratch_name("table", "ROWS")
    sql = duck_sql(translate(replace_sources(statement, inner.copy()), statement).tree)
    session.duck.execute(f"create temp table {quote(name)} as {sql}")
    return exp.table_(name, db=TEMPORARY[1], catalog=TEMPORARY[0])


def _from_rows(session: Session, insert: exp.Insert, condition: exp.Expr | None, source: exp.Table) -> exp.Insert:
    """Write the INSERT … SELECT of one INTO."""
    values = insert.expression
    projections: list[exp.Expr] = [exp.Star()]
    target = insert.this
    if isinstance(values, exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in values.expressions]
        if len(rows) != 1:
            raise not_supported("several rows of VALUES in INSERT ALL")
        named = target.expressions if isinstance(target, exp.Schema) else _all_columns(session, insert)
        if len(named) != len(rows[0]):
            raise wrong_number_of_values(len(named), len(rows[0]))
        given = [(column, value) for column, value in zip(named, rows[0], strict=True) if not _is_default(value)]
        projections = [value.copy() for _, value in given]
        table = target.this if isinstance(target, exp.Schema) else target
        target = exp.Schema(this=table.copy(), expressions=[column.copy() for column, _ in given])
    select = exp.Select(expressions=projections).from_(source.copy())
    return exp.Insert(this=target.copy(), expression=select.where(condition) if condition is not None else select)


def _all_columns(session: Session, insert: exp.Insert) -> list[exp.Expr]:
    name = table_names.full_name(identifiers.stored_table(insert), session)
    return [exp.to_identifier(column.name, quoted=True) for column in assignment.target_columns(session, name)]


def _is_default(value: exp.Expr) -> bool:
    return isinstance(value, exp.Var) and value.name.upper() == "DEFAULT"
