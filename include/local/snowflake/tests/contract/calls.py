"""The contract of calls: stars and arrays as their arguments, functions in FROM."""

from __future__ import annotations

from tests.contract.cases import Case

S = (
    'create or replace temporary table S (A int, B int, "c" varchar)',
    "insert into S values (1, 2, 'x'), (3, null, 'y')",
    "create or replace temporary table R (A int, D int)",
    "insert into R values (1, 7)",
)


def _stars(what: str, sql: str, rows: list[tuple[object, ...]]) -> Case:
    return Case("Stars in arguments", what, (*S, sql), rows)


STARS = [
    _stars(
        "ARRAY_CONSTRUCT(*)",
        "select array_to_string(array_construct(*), ',') from S order by A",
        [("1,2,x",), ("3,,y",)],
    ),
    _stars(
        "those of one table",
        "select array_to_string(array_construct(R.*, S.*), ',') from S join R on S.A = R.A",
        [("1,7,1,2,x",)],
    ),
    _stars(
        "a column of USING comes once",
        "select array_to_string(array_construct(*), ',') from S join R using (A)",
        [("1,2,x,7",)],
    ),
    _stars(
        "EXCLUDE",
        'select object_keys(object_construct(* exclude (B, "c")))[0]::varchar, object_construct(X.* exclude A):c::varchar '
        "from S X order by A",
        [("A", "x"), ("A", "y")],
    ),
    _stars("ILIKE", "select array_to_string(array_construct(* ilike '%B%'), ',') from S order by A", [("2",), ("",)]),
    _stars(
        "object constants",
        "select {*} = object_construct(*), {S.*}:c::varchar, array_size(object_keys({* exclude B})) from S order by A",
        [(True, "x", 2), (True, "y", 2)],
    ),
    _stars("COALESCE(*)", "select coalesce(*), coalesce(B, *) from (select B, A from S) order by A", [(2, 2), (3, 3)]),
    _stars("GREATEST and LEAST", "select greatest(*), least(0, R.*, 9) from R", [(7, 0)]),
    _stars("CONCAT_WS", "select concat_ws('-', *) from S order by A", [("1-2-x",), (None,)]),
    _stars(
        "HASH of all columns, in every clause",
        "select A, hash(*) = hash(A, B, \"c\") from S where hash(S.*) = hash(1, 2, 'x') "
        "qualify row_number() over (partition by hash(*) order by A) = 1",
        [(1, True)],
    ),
    _stars("groups by HASH(*)", "select count(*) from S group by hash(*) order by 1", [(1,), (1,)]),
    _stars(
        "in a join's condition", 'select R.D from S join R on hash(S.* exclude (B, "c")) = hash(R.* exclude D)', [(7,)]
    ),
    _stars(
        "COUNT(*) counts rows, COUNT(T.*) those without NULLs",
        "select count(*), count(S.*), count(distinct S.*), count(* ilike 'a') from S",
        [(2, 1, 1, 2)],
    ),
    _stars(
        "HASH_AGG(T.*)",
        'select hash_agg(S.*) = hash_agg(*), hash_agg(* exclude B) = hash_agg(A, "c") from S',
        [(True, True)],
    ),
    _stars(
        "of subqueries, common tables and VALUES",
        "with Q as (select A as Z from S) select sum(array_size(array_construct(*))) from Q, values (1, 2) union all "
        "select array_size(array_construct(*)) from (select A, count(*) as N from S group by A having A = 1)",
        [(6,), (2,)],
    ),
    _stars(
        "of a table function's columns, in a correlated subquery too",
        "select A, (select max(array_size(array_construct(F.*))) from table(flatten(array_construct(S.A))) F) from S order by A",
        [(1, 6), (3, 6)],
    ),
    Case(
        "Stars in arguments",
        "EXCLUDE of no column",
        (*S, "select array_construct(* exclude NO_SUCH) from S"),
        error=(904, "NO_SUCH"),
    ),
    Case("Stars in arguments", "of no table", (*S, "select hash(X.*) from S"), error=(904, "X")),
    Case(
        "Stars in arguments",
        "more columns than the function takes",
        (*S, "select abs(*) from R"),
        error=(939, "too many arguments for function"),
    ),
    _stars("arrays spread by **", "select coalesce(** [null, 3]), A from S where A in (** [1, 2])", [(3, 1)]),
]
TABLE_FUNCTIONS = [
    Case("Table functions", "a table by its name in a text", (*S, "select D from table('R') X where X.A = 1"), [(7,)]),
    Case(
        "Table functions",
        "QUERY_HISTORY_BY_SESSION in a range of time",
        (
            "select 'asked for'",
            "select QUERY_TEXT from table(information_schema.query_history_by_session(result_limit => 2, "
            "end_time_range_start => dateadd(minute, -1, current_timestamp()))) where QUERY_TEXT like '%asked for\\''",
        ),
        [("select 'asked for'",)],
    ),
    Case(
        "Table functions",
        "and in one that is over",
        (
            "select count(*) from table(information_schema.query_history(end_time_range_end => dateadd(year, -30, current_timestamp())))",
        ),
        [(0,)],
    ),
    Case(
        "Table functions",
        "QUERY_HISTORY_BY_USER of nobody",
        ("select count(*) from table(information_schema.query_history_by_user(user_name => 'NO_SUCH_USER'))",),
        [(0,)],
    ),
    Case(
        "Table functions",
        "one that does not exist",
        ("select * from table(NO_SUCH_FUNCTION(1))",),
        error=(2141, "NO_SUCH_FUNCTION"),
    ),
    Case(
        "Table functions",
        "one without TABLE",
        ("select * from split_to_table('a b', ' ')",),
        error=(1003, "unexpected '('"),
    ),
]
CALLS = [*STARS, *TABLE_FUNCTIONS]
REFUSED_CALLS = [
    (
        "Table functions",
        "those of tasks, pipes, policies, usage",
        "select * from table(information_schema.task_history())",
    ),
    (
        "Table functions",
        "GET_OBJECT_REFERENCES",
        "select * from table(get_object_references(database_name => 'A', object_name => 'B'))",
    ),
    ("Table functions", "GENERATOR for a time", "select count(*) from table(generator(timelimit => 1))"),
]
