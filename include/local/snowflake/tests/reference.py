"""Calls and statements that Snowflake's reference knows, made wrong: of other types, of nothing, of too much.

Names: https://docs.snowflake.com/en/sql-reference/functions-all and
https://docs.snowflake.com/en/sql-reference/commands-all
"""

from __future__ import annotations

import random
import re

from embedded_snowflake.library.arity import ARITY

_ANY_NUMBER = (
    "AI_COMPLETE APPROX_COUNT_DISTINCT APPROX_PERCENTILE_ACCUMULATE APPROX_PERCENTILE_COMBINE"
    " APPROX_PERCENTILE_ESTIMATE APPROX_TOP_K APPROX_TOP_K_ACCUMULATE APPROX_TOP_K_COMBINE APPROX_TOP_K_ESTIMATE"
    " APPROXIMATE_JACCARD_INDEX APPROXIMATE_SIMILARITY ARRAY_AGG ARRAY_CONSTRUCT ARRAY_CONSTRUCT_COMPACT"
    " ARRAY_GENERATE_RANGE ARRAY_REVERSE ARRAY_UNION_AGG ARRAY_UNIQUE_AGG ARRAYS_TO_OBJECT ARRAYS_ZIP AS_ARRAY"
    " AS_BINARY AS_BOOLEAN AS_CHAR AS_DATE AS_DECIMAL AS_DOUBLE AS_INTEGER AS_NUMBER AS_OBJECT AS_REAL AS_TIME"
    " AS_TIMESTAMP_NTZ AS_VARCHAR BITMAP_BIT_POSITION BITMAP_BUCKET_NUMBER BITMAP_CONSTRUCT_AGG BITMAP_COUNT"
    " BITMAP_OR_AGG BUILD_SCOPED_FILE_URL COALESCE COLLATE COLLATION COMPRESS CONCAT CONCAT_WS CONDITIONAL_CHANGE_EVENT"
    " COUNT CURRENT_IP_ADDRESS DATE_PART DECODE DECOMPRESS_BINARY DECOMPRESS_STRING DECRYPT ENCRYPT EXTRACT FILTER"
    " FLATTEN GET_DDL GET_PRESIGNED_URL GREATEST GREATEST_IGNORE_NULLS GROUPING GROUPING_ID H3_CELL_TO_POINT HASH"
    " HASH_AGG HEX_DECODE_BINARY HEX_DECODE_STRING HEX_ENCODE HLL HLL_ACCUMULATE HLL_COMBINE HLL_ESTIMATE HLL_EXPORT"
    " HLL_IMPORT ILIKE INVOKER_ROLE IS_BINARY IS_DATE IS_ROLE_IN_SESSION IS_TIME IS_TIMESTAMP_NTZ LEAST"
    " LEAST_IGNORE_NULLS LIKE MAP_CAT MAP_KEYS MD5_BINARY MD5_NUMBER_LOWER64 MINHASH MINHASH_COMBINE NORMAL"
    " OBJECT_CONSTRUCT OBJECT_CONSTRUCT_KEEP_NULL OBJECT_DELETE OBJECT_PICK PARSE_IP PARSE_XML POSITION RANDSTR REDUCE"
    " REGR_SXX SEARCH SHA1_BINARY SHA2_BINARY ST_POINT STRTOK_SPLIT_TO_TABLE SYSTEM$TYPEOF TIMESTAMP_FROM_PARTS"
    " TIMESTAMP_LTZ_FROM_PARTS TIMESTAMP_NTZ_FROM_PARTS TIMESTAMP_TZ_FROM_PARTS TO_BOOLEAN TO_DOUBLE TO_GEOGRAPHY"
    " TO_XML TRANSFORM TRY_CAST TRY_HEX_DECODE_BINARY TRY_TO_BOOLEAN TRY_TO_DOUBLE UNIFORM VECTOR_L2_DISTANCE XMLGET"
    " ZIPF"
)
FUNCTIONS = sorted({*ARITY, *_ANY_NUMBER.split()})
_VALUE = (
    "*|R.*|NULL|''|'x'|'12'|'2024-02-30'|0|-1|1.5|1e300|99999999999999999999|true|'2024-01-31'::date|current_timestamp()|to_binary('ff')|parse_json('{\"a\":"
    " [1]}')|array_construct()|[1, 'a']|{'k': 1}|N|S|D|V|A|O|B|NO_SUCH|N => 1|x -> x + 1|(select N from R)|(select N, S"
    " from R)|distinct N|day"
)
_VALUES = _VALUE.split("|")
_PLACES = (
    "select {call}",
    "select {call} from R",
    "select {call} from R where 1 = 0",
    "select {call} over (partition by S order by D) from R",
    "select N from R group by {call}",
    "select {call}, count(*) from R group by 1 order by {call}",
    "select N from R where {call} = {value} qualify {call} > 1",
    "select * from table({call})",
    "select {call} within group (order by {value}) from R",
    "update R set N = {call}",
    "insert into R (N, S) select {call}, {value}",
    "select * from R join R Q on {call}",
    "select {call} || {value}, {call} + {value}, {call}:a, {call}[0], {call}::{kind} from R",
    (
        "select case when {call} then {value} else {call} end, {call} in ({value}, 1), {call} between {value} and"
        " {value} from R"
    ),
    "select * from (select S, N from R) pivot ({call} for S in ({value}))",
)
_KIND = "int|varchar(2)|date|boolean|array|object|variant|binary|timestamp_tz|float|number(3,2)|time|vector(float, 3)"
_KINDS = _KIND.split("|")
_STATEMENTS = (
    "select {value}, {value} from R union all select {value}",
    "select {value} union select {value} from R order by 3",
    "select S, {value} from R group by N having {value}",
    "select sum(N), S from R",
    "select sum(sum(N)) from R",
    "select N from R where sum(N) > {value}",
    "select N from R where row_number() over (order by N) = 1",
    "select * from R, R",
    "select Q.* from R",
    "select X.N from R",
    "select N as A, S as A from R order by A",
    "select * from R order by 99",
    "select top {value} * from R",
    "select * from R limit {value} offset {value}",
    "select * from R sample ({value})",
    "with Q as (select {value}) select Q.X from Q",
    "with Q (a, b) as (select 1) select * from Q",
    "with recursive Q as (select 1 as n union all select n || {value} from Q where n < 3) select * from Q",
    "insert into R values ({value}, {value})",
    "insert into R (N, N) values (1, 2)",
    "insert into R (NO_SUCH) values (1)",
    "insert into R select * from R, R Q",
    "update R set NO_SUCH = {value}",
    "update R set N = {value}, S = {value}, D = {value}",
    "update R set N = Q.N from R Q where {value}",
    "delete from R where {value}",
    "delete from R using R Q where R.N = Q.S",
    (
        "merge into R using (select {value} as K) Q on R.N = Q.K when matched then update set S = {value}"
        " when not matched then insert values ({value})"
    ),
    "create or replace table Z (A {kind} default {value})",
    "create or replace table Z as select {value} as A, {value} as B from R",
    "create or replace view Z as select {value} from R",
    "create or replace view Z (A, B) as select {value}",
    "alter table R add column Z {kind} default {value}",
    "alter table R alter column N set data type {kind}",
    "alter table R drop column NO_SUCH",
    "alter table R rename to R",
    "drop view R",
    "drop table NO_SUCH.X.Y",
    "truncate table NO_SUCH",
    "describe table {value}",
    "show tables in schema {value}",
    "use schema {value}",
    "select * from @~/nothing (file_format => {value})",
    "select $1, $2 from @NO_SUCH",
    "copy into R from @~/nothing file_format = (type = {value})",
    "create sequence Z start = {value} increment = {value}",
    "set V = {value}",
    "select $NO_SUCH",
    "call NO_SUCH({value})",
    "execute immediate {value}",
    "alter session set TIMEZONE = {value}",
    "select * from R at (offset => {value})",
    "select * from R pivot (sum({value}) for {value} in ({value}))",
    "select * from R unpivot (X for Y in (N, S, D))",
    "select * from values ({value}, {value}), ({value})",
    "select * from values ({value}), ({value})",
    "select N, level from R start with N = {value} connect by prior N = S",
    "select * from R tablesample bernoulli ({value}) seed ({value})",
    "select {value}::{kind}, try_cast({value} as {kind}), cast({value} as {kind})",
    (
        "select {value} = {value}, {value} < {value}, {value} + {value}, {value} / {value}, {value} || {value},"
        " -{value}, not {value}"
    ),
    "select {value} like {value}, {value} in (select S from R), {value} between {value} and {value}, {value} is null",
    "select interval {value}, D + interval '1 day' * {value} from R",
    "select V:{word}.{word}[{value}], O[{value}], A[{value}], S:{word} from R",
    "comment on table R is {value}",
    "grant select on R to {value}",
    "list @~/{word}",
    "explain select {value}",
)
TABLE = (
    "create or replace temporary table R (N int, S varchar, D date, V variant, A array, O object, B binary)",
    (
        "insert into R select column1, column2, '2024-01-31', parse_json('{\"a\": 1}'), [1], {'k': 'v'},"
        " to_binary('ff') from values (1, 'a'), (null, null)"
    ),
)
# Words of what the server is made of. A user's own Python may say its own errors; its statements here have none.
FOREIGN = re.compile(
    r"duck|\barrow|pyarrow|sqlglot|fakesnow|pandas|python|traceback|(?-i:\b[A-Z]\w*[a-z](?:Error|Exception)\b)|binder|parser"
    r" error|catalog"
    r"|macro"
    r"|_(?:sf|fs|native|python|rows)_|candidate (?:function|binding|table)|type cast|COLUMNS\(|STAR expression|HUGEINT"
    r"|\bINT(?:32|64|128)\b"
    r"|BIGINT|[A-Z]\[\]|\bSTRUCT\(|_LITERAL\b|WITH TIME ZONE|expecting DECIMAL|LINE \d+:|\bat or"
    r" near\b|PRAGMA|\bstruct_|\blist_|strftime"
    r"|unnest"
    r"|NoneType|has no attribute|index out of range|argument types '|unimplemented",
    re.IGNORECASE,
)


def made(chance: random.Random) -> str:
    """Make a statement.

    Args:
        chance: What decides; the same seed gives the same statements.

    Returns:
        A statement that Snowflake takes or refuses; most often it refuses.
    """
    text = chance.choice(_PLACES) if chance.random() < 0.75 else chance.choice(_STATEMENTS)
    call = _call(chance)
    for mark, make in (
        ("{call}", lambda: call),
        ("{value}", lambda: chance.choice(_VALUES)),
        ("{kind}", lambda: chance.choice(_KINDS)),
        ("{word}", lambda: "a"),
    ):
        while mark in text:
            text = text.replace(mark, make(), 1)
    return text


def _call(chance: random.Random) -> str:
    name = chance.choice(FUNCTIONS)
    least, most = ARITY.get(name, (0, 3))
    number = chance.choice((least, most, least + (most > least), max(least - 1, 0), most + 1))
    return f"{name}({', '.join(chance.choice(_VALUES) for _ in range(number))})"


def is_foreign(message: str, statement: str) -> bool:
    """Tell whether an error speaks of what the server is made of.

    Args:
        message: What the client was told.
        statement: Why; its own texts may be in the message.

    Returns:
        Whether there is such a word in it.
    """
    if "Python Interpreter Error" in message:
        return False  # the user's own code, as Snowflake shows its errors
    for own in re.findall(r"'[^']*'|\"[^\"]*\"", statement):
        message = message.replace(own, "")
    if "python" in statement.lower() or "CURRENT_CLIENT" in statement or "function" in statement:
        message = re.sub("python", "", message, flags=re.IGNORECASE)
    return FOREIGN.search(message) is not None
