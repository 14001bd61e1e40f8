"""What each function makes of arguments of another type: one call for each function of the server's own table.

Every argument stands in a column, for constants may be converted on another way than values. Where Snowflake's page on
a function has an example, the numbers are its own, written as texts; the others follow from the rule.
"""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor

from embedded_snowflake.sql.resolve.signatures import SIGNATURES
from embedded_snowflake.sql.resolve.signatures.conversions import CONVERSIONS

_ROW = (
    "select column1 as ONE, column2 as TWO, column3 as TEN, column4 as HALF,"
    " column5 as N, column6 as F, column7 as D, column8 as DAY,"
    " column9 as TS, column10 as YES, column11 as NEGATIVE from values ('1', '2', '10', '0.5',"
    " 20240115, 1.5::float, '2024-02-29'::date,"
    " '2024-02-29', '2024-02-29 10:11:12', 'yes', '-7.25')"
)
_PAIRS = "select column1 as Y, column2 as X from values ('1', '2'), ('3', '4'), ('5', '9')"
_MOMENT = datetime.datetime(2024, 2, 29)

# For each function: a call, and its value.
VALUES: dict[str, tuple[str, Any]] = {
    "ASCII": ("ascii(N)", 50),
    "BASE64_DECODE_STRING": ("base64_decode_string(base64_encode(N))", "20240115"),
    "BASE64_ENCODE": ("base64_encode(N)", "MjAyNDAxMTU="),
    "BIT_LENGTH": ("bit_length(N)", 64),
    "CHAR": ("char(TEN || '0')", "d"),
    "CHARINDEX": ("charindex(2, N, TWO)", 3),
    "CHR": ("chr(TEN || '0')", "d"),
    "CONCAT": ("concat(N, D, F)", "202401152024-02-291.5"),
    "CONCAT_WS": ("concat_ws('-', N, D)", "20240115-2024-02-29"),
    "CONTAINS": ("contains(N, 401)", True),
    "EDITDISTANCE": ("editdistance(N, 20240116)", 1),
    "ENDSWITH": ("endswith(N, 15)", True),
    "HEX_DECODE_STRING": ("hex_decode_string(hex_encode(N))", "20240115"),
    "HEX_ENCODE": ("hex_encode(F)", "312E35"),
    "INITCAP": ("initcap(N)", "20240115"),
    "INSERT": ("insert(N, ONE, TWO, 19)", "19240115"),
    "JAROWINKLER_SIMILARITY": ("jarowinkler_similarity(N, 20240115)", 100),
    "LEFT": ("left(N, '4')", "2024"),
    "LENGTH": ("length(D)", 10),
    "LOWER": ("lower(F)", "1.5"),
    "LPAD": ("lpad(F, TEN, 0)", "00000001.5"),
    "LTRIM": ("ltrim(N, 2)", "0240115"),
    "MD5": ("md5(N) = md5('20240115')", True),
    "MD5_HEX": ("md5_hex(D) = md5('2024-02-29')", True),
    "OCTET_LENGTH": ("octet_length(N)", 8),
    "PARSE_URL": ("parse_url('a://b?c=' || N):parameters.c::varchar", "20240115"),
    "POSITION": ("position(4 in N)", 4),
    "REGEXP_COUNT": ("regexp_count(N, 0)", 2),
    "REGEXP_INSTR": ("regexp_instr(N, 0, ONE, TWO)", 5),
    "REGEXP_LIKE": ("regexp_like(N, '[0-9]{8}')", True),
    "REGEXP_REPLACE": ("regexp_replace(N, 0, 1)", "21241115"),
    "REGEXP_SUBSTR": ("regexp_substr(D, '[0-9]+', ONE, TWO)", "02"),
    "REGEXP_SUBSTR_ALL": ("array_size(regexp_substr_all(D, '[0-9]+'))", 3),
    "REPEAT": ("repeat(ONE::int, TWO)", "11"),
    "REPLACE": ("replace(10, 1, 2)", "20"),
    "REVERSE": ("reverse(N)", "51104202"),
    "RIGHT": ("right(D, TWO)", "29"),
    "RPAD": ("rpad(F, TEN, 0)", "1.50000000"),
    "RTRIM": ("rtrim(N, 5)", "2024011"),
    "SHA1": ("sha1(N) = sha1('20240115')", True),
    "SHA1_HEX": ("sha1_hex(N) = sha1('20240115')", True),
    "SHA2": ("sha2(N, '256') = sha2('20240115')", True),
    "SHA2_HEX": ("sha2_hex(N) = sha2('20240115')", True),
    "SOUNDEX": ("soundex(YES || N)", "y200"),
    "SPACE": ("length(space(TWO))", 2),
    "SPLIT": ("split(D, '-')[0]::varchar", "2024"),
    "SPLIT_PART": ("split_part(D, '-', TWO)", "02"),
    "STARTSWITH": ("startswith(N, 2024)", True),
    "STRTOK": ("strtok(D, '-', TWO)", "02"),
    "STRTOK_TO_ARRAY": ("array_size(strtok_to_array(D, '-'))", 3),
    "SUBSTR": ("substr(D, ONE, 4)", "2024"),
    "TRANSLATE": ("translate(N, 0, 9)", "29249115"),
    "TRIM": ("trim(N, 25)", "024011"),
    "TRY_BASE64_DECODE_STRING": ("try_base64_decode_string(base64_encode(N))", "20240115"),
    "TRY_HEX_DECODE_STRING": ("try_hex_decode_string(hex_encode(N))", "20240115"),
    "UNICODE": ("unicode(N)", 50),
    "UPPER": ("upper(N)", "20240115"),
    "ABS": ("abs(NEGATIVE)", Decimal("7.25")),
    "ACOS": ("acos(ONE)", 0),
    "ACOSH": ("acosh(TWO)", math.acosh(2)),
    "ASIN": ("asin(HALF)", math.asin(0.5)),
    "ASINH": ("asinh(TWO)", math.asinh(2)),
    "ATAN": ("atan(ONE)", math.atan(1)),
    "ATAN2": ("atan2(ONE, TWO)", math.atan2(1, 2)),
    "ATANH": ("atanh(HALF)", math.atanh(0.5)),
    "BITAND": ("bitand(TEN, TWO)", 2),
    "BITNOT": ("bitnot(TEN)", -11),
    "BITOR": ("bitor(TEN, ONE)", 11),
    "BITSHIFTLEFT": ("bitshiftleft(ONE, TEN)", 1024),
    "BITSHIFTRIGHT": ("bitshiftright(TEN, ONE)", 5),
    "BITXOR": ("bitxor(TEN, TWO)", 8),
    "CBRT": ("cbrt(TEN || '00')", 10),
    "CEIL": ("ceil(NEGATIVE)", -7),
    "COS": ("cos(TWO)", math.cos(2)),
    "COSH": ("cosh(TWO)", math.cosh(2)),
    "COT": ("cot(TWO)", 1 / math.tan(2)),
    "DEGREES": ("degrees(TWO)", math.degrees(2)),
    "EXP": ("exp(TWO)", math.exp(2)),
    "FACTORIAL": ("factorial(TEN)", 3628800),
    "FLOOR": ("floor(NEGATIVE)", -8),
    "GETBIT": ("getbit(TEN, ONE)", 1),
    "HAVERSINE": ("round(haversine(ONE, ONE, TWO, TWO), 3)", 157.225),
    "LN": ("ln(TWO)", math.log(2)),
    "LOG": ("log(TWO, TEN)", math.log2(10)),
    "MOD": ("mod(TEN, '3')", 1),
    "POW": ("pow(TWO, TEN)", 1024),
    "RADIANS": ("radians(TWO)", math.radians(2)),
    "ROUND": ("round(NEGATIVE, '1')", Decimal("-7.3")),
    "SIGN": ("sign(NEGATIVE)", -1),
    "SIN": ("sin(TWO)", math.sin(2)),
    "SINH": ("sinh(TWO)", math.sinh(2)),
    "SQRT": ("sqrt(TWO)", math.sqrt(2)),
    "SQUARE": ("square(NEGATIVE)", 52.5625),
    "TAN": ("tan(TWO)", math.tan(2)),
    "TANH": ("tanh(TWO)", math.tanh(2)),
    "TRUNC": ("trunc(NEGATIVE, 1)", Decimal("-7.2")),
    "TRUNCATE": ("truncate(NEGATIVE, 1)", Decimal("-7.2")),
    "WIDTH_BUCKET": ("width_bucket(TWO, ONE, TEN, '9')", 2),
    "ADD_MONTHS": ("add_months(DAY, ONE)", datetime.datetime(2024, 3, 31)),
    "DATEADD": ("dateadd(day, ONE, DAY)", datetime.datetime(2024, 3, 1)),
    "DATEDIFF": ("datediff(day, '2024-01-31', TS)", 29),
    "DATE_FROM_PARTS": ("date_from_parts('2024', TWO, '29')", datetime.date(2024, 2, 29)),
    "DATE_PART": ("date_part(year, DAY)", 2024),
    "DATE_TRUNC": ("date_trunc(month, TS)", datetime.datetime(2024, 2, 1)),
    "DAY": ("day(DAY)", 29),
    "DAYNAME": ("dayname(DAY)", "Thu"),
    "DAYOFMONTH": ("dayofmonth(TS)", 29),
    "DAYOFWEEK": ("dayofweek(DAY)", 4),
    "DAYOFWEEKISO": ("dayofweekiso(DAY)", 4),
    "DAYOFYEAR": ("dayofyear(DAY)", 60),
    "HOUR": ("hour(TS)", 10),
    "LAST_DAY": ("last_day('2024-02-' || TEN)", datetime.date(2024, 2, 29)),
    "MINUTE": ("minute(TS)", 11),
    "MONTH": ("month(DAY)", 2),
    "MONTHNAME": ("monthname(DAY)", "Feb"),
    "MONTHS_BETWEEN": ("months_between(DAY, '2024-01-29')", 1),
    "NEXT_DAY": ("next_day(DAY, 'fr')", datetime.date(2024, 3, 1)),
    "PREVIOUS_DAY": ("previous_day(DAY, 'fr')", datetime.date(2024, 2, 23)),
    "QUARTER": ("quarter(DAY)", 1),
    "SECOND": ("second(TS)", 12),
    "TIMEADD": ("timeadd(hour, TWO, TS)", datetime.datetime(2024, 2, 29, 12, 11, 12)),
    "TIME_FROM_PARTS": ("time_from_parts(TEN, ONE, TWO)", datetime.time(10, 1, 2)),
    "WEEK": ("week(DAY)", 9),
    "WEEKISO": ("weekiso(DAY)", 9),
    "YEAR": ("year(DAY)", 2024),
    "YEAROFWEEK": ("yearofweek(DAY)", 2024),
    "YEAROFWEEKISO": ("yearofweekiso(DAY)", 2024),
    "BOOLAND": ("booland(ONE, '0')", False),
    "BOOLNOT": ("boolnot(ONE)", False),
    "BOOLOR": ("boolor(ONE, '0')", True),
    "BOOLXOR": ("boolxor(ONE, '0')", True),
    "EQUAL_NULL": ("equal_null(ONE, 1)", True),
}
# The same for aggregates and window functions, over pairs of texts.
OF_ROWS: dict[str, tuple[str, Any]] = {
    "APPROX_PERCENTILE": ("approx_percentile(Y, '0.5') from PAIRS", 3),
    "APPROX_PERCENTILE_ACCUMULATE": ("approx_percentile_accumulate(Y):state[2]::int from PAIRS", 3),
    "APPROX_PERCENTILE_ESTIMATE": ("approx_percentile_estimate(approx_percentile_accumulate(Y), '0.5') from PAIRS", 3),
    "AVG": ("avg(Y) from PAIRS", 3),
    "BITAND_AGG": ("bitand_agg(X) from PAIRS", 0),
    "BITOR_AGG": ("bitor_agg(X) from PAIRS", 15),
    "BITXOR_AGG": ("bitxor_agg(X) from PAIRS", 15),
    "BOOLAND_AGG": ("booland_agg(iff(X = 9, 'no', 'yes')) from PAIRS", False),
    "BOOLOR_AGG": ("boolor_agg(iff(X = 9, 'no', 'yes')) from PAIRS", True),
    "BOOLXOR_AGG": ("boolxor_agg(iff(X = 9, 'yes', 'no')) from PAIRS", True),
    "CONDITIONAL_TRUE_EVENT": (
        "max(E) from (select conditional_true_event(iff(X = 9, 'no', 'yes')) over (order by Y) as E from PAIRS)",
        2,
    ),
    "CORR": ("round(corr(Y, X), 6) from PAIRS", 0.970725),
    "COUNT": ("count(distinct Y) from PAIRS", 3),
    "COUNT_IF": ("count_if(iff(X = 9, 'no', 'yes')) from PAIRS", 2),
    "COVAR_POP": ("round(covar_pop(Y, X), 6) from PAIRS", 4.666667),
    "COVAR_SAMP": ("covar_samp(Y, X) from PAIRS", 7),
    "CUME_DIST": ("max(E) from (select cume_dist() over (order by Y) as E from PAIRS)", 1),
    "DENSE_RANK": ("max(E) from (select dense_rank() over (order by Y) as E from PAIRS)", 3),
    "KURTOSIS": ("kurtosis(V) from (select Y as V from PAIRS union all select X from PAIRS)", 1.66875),
    "LISTAGG": ("listagg(Y::int, 0) within group (order by Y) from PAIRS", "10305"),
    "MEDIAN": ("median(X) from PAIRS", 4),
    "NTILE": ("max(E) from (select ntile('2') over (order by Y) as E from PAIRS)", 2),
    "PERCENTILE_CONT": ("percentile_cont(0.5) within group (order by X) from PAIRS", 4),
    "PERCENT_RANK": ("max(E) from (select percent_rank() over (order by Y) as E from PAIRS)", 1),
    "RANK": ("max(E) from (select rank() over (order by Y) as E from PAIRS)", 3),
    "RATIO_TO_REPORT": ("round(max(E), 6) from (select ratio_to_report(Y) over () as E from PAIRS)", 0.555556),
    "REGR_AVGX": ("regr_avgx(Y, X) from PAIRS", 5),
    "REGR_AVGY": ("regr_avgy(Y, X) from PAIRS", 3),
    "REGR_COUNT": ("regr_count(Y, X) from PAIRS", 3),
    "REGR_INTERCEPT": ("round(regr_intercept(Y, X), 6) from PAIRS", 0.307692),
    "REGR_R2": ("round(regr_r2(Y, X), 6) from PAIRS", 0.942308),
    "REGR_SLOPE": ("round(regr_slope(Y, X), 6) from PAIRS", 0.538462),
    "REGR_SXX": ("regr_sxx(Y, X) from PAIRS", 26),
    "REGR_SXY": ("regr_sxy(Y, X) from PAIRS", 14),
    "REGR_SYY": ("regr_syy(Y, X) from PAIRS", 8),
    "ROW_NUMBER": ("max(E) from (select row_number() over (order by Y) as E from PAIRS)", 3),
    "SKEW": ("round(skew(X), 6) from PAIRS", 1.15207),
    "STDDEV": ("stddev(Y) from PAIRS", 2),
    "STDDEV_POP": ("round(stddev_pop(Y), 6) from PAIRS", 1.632993),
    "SUM": ("sum(X) from PAIRS", 15),
    "VARIANCE": ("variance(Y) from PAIRS", 4),
    "VARIANCE_POP": ("round(variance_pop(Y), 6) from PAIRS", 2.666667),
}
OPERATORS: dict[str, Any] = {
    "'6' - 3": 3,
    "TEN - 3": 7,
    "'2' * 1.5": Decimal("3.0"),
    "TWO * F": 3.0,
    "TEN / '4'": Decimal("2.5"),
    "TEN % 4": 2,
    "-NEGATIVE": Decimal("7.25"),
    "true + 1": 2,
    "D + ONE": datetime.date(2024, 3, 1),
    "N || D": "202401152024-02-29",
    "N like '2024%'": True,
    "D ilike '2024-02%'": True,
    "N rlike '2024.*'": True,
    "TEN > 9": True,
    "TEN between 9 and 11": True,
    "TEN in (9, 10)": True,
    "YES and true": True,
    "not YES": False,
    "iff(YES, 1, 2)": 1,
    "coalesce('17', 1)": 17,  # https://docs.snowflake.com/en/sql-reference/functions/coalesce#usage-notes
    "coalesce(HALF, 1)": Decimal("0.5"),
    "nvl(HALF, 0::float)": 0.5,
    "ifnull(null, DAY)": "2024-02-29",
    "nvl2(ONE, TWO, 0)": 2,
    "case when YES then TEN else 0 end": 10,
    "case TEN when 10 then 'ten' end": "ten",
    "decode(TEN, 10, 'ten', 'other')": "ten",
    "decode(10, TEN, TWO, 0)": 2,
    "nullif(TEN, 10)": None,
    "greatest(9, TEN)": 10,
    "greatest(TEN, 9)": 10,
    "least(TEN, 9)": 9,
    "coalesce(DAY, current_date())": datetime.date(2024, 2, 29),
    "coalesce(DAY, current_timestamp()::timestamp_ntz)": _MOMENT,
    "zeroifnull(TEN)": 10,
    "div0(TEN, '0')": 0,
    "upper(abs(NEGATIVE))": "7.25000",
    "left(dateadd(day, 1, DAY), 10)": "2024-03-01",
    "sum(TEN) over ()": 10,
    "lag(TEN, 1, 0) over (order by 1)": 0,
    "listagg(N, ',') over ()": "20240115",
    "(select max(upper(N)) from values (1))": "20240115",
    "array_size(transform([1], x -> x::int + 1))": 1,
}


@pytest.mark.parametrize("function", [name for name in SIGNATURES if name not in CONVERSIONS])
def test_functions_convert_what_they_are_given(account_cursor: SnowflakeCursor, function: str) -> None:
    if function in OF_ROWS:
        query, expected = OF_ROWS[function]
        _answers(account_cursor, f"with PAIRS as ({_PAIRS}) select {query}", expected)
    else:
        call, expected = VALUES[function]
        _answers(account_cursor, f"select {call} from ({_ROW})", expected)


@pytest.mark.parametrize("expression", OPERATORS)
def test_operators_convert_what_they_are_given(account_cursor: SnowflakeCursor, expression: str) -> None:
    _answers(account_cursor, f"select {expression} from ({_ROW})", OPERATORS[expression])


@pytest.mark.parametrize(
    ("expression", "number", "text"),
    [
        ("abs(S)", 100038, "Numeric value 'abc' is not recognized"),
        ("S + 1", 100038, "Numeric value 'abc' is not recognized"),
        ("'abc' * 2", 100038, "Numeric value 'abc' is not recognized"),
        ("sqrt(S)", 100038, "Numeric value 'abc' is not recognized"),
        ("sum(S)", 100038, "Numeric value 'abc' is not recognized"),
        ("left('x', S)", 100038, "Numeric value 'abc' is not recognized"),
        ("coalesce('foo', 1)", 100038, "Numeric value 'foo' is not recognized"),
        ("case when true then S else 0 end", 100038, "Numeric value 'abc' is not recognized"),
        ("coalesce(S, current_date())", 100040, "Date 'abc' is not recognized"),
        ("S::date", 100040, "Date 'abc' is not recognized"),
        ("dateadd(day, 1, S)", 100035, "Timestamp 'abc' is not recognized"),
        ("year(S)", 100035, "Timestamp 'abc' is not recognized"),
        ("iff(S, 1, 2)", 100037, "Boolean value 'abc' is not recognized"),
    ],
)
def test_a_text_that_is_none_fails_in_snowflakes_words(
    account_cursor: SnowflakeCursor, expression: str, number: int, text: str
) -> None:
    with pytest.raises(snowflake.connector.errors.ProgrammingError) as caught:
        account_cursor.execute(f"select {expression} from (select column1 as S from values ('abc'))").fetchall()
    assert text in str(caught.value)
    assert caught.value.errno == number


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("?::date", "2024-02-29", datetime.date(2024, 2, 29)),
        ("?::date", datetime.date(2024, 2, 29), datetime.date(2024, 2, 29)),
        ("?::timestamp_ntz", datetime.datetime(2024, 2, 29), datetime.datetime(2024, 2, 29)),
        ("?::varchar", 5, "5"),
        ("?::int + 1", "5", 6),
        ("? + 1", "5", 6),
        ("dateadd(day, ?, '2024-02-28'::date)", "1", datetime.date(2024, 2, 29)),
        ("date_trunc(month, ?::date)", "2024-02-29", datetime.date(2024, 2, 1)),
        ("?::varchar::date", "2024-02-29", datetime.date(2024, 2, 29)),
        ("upper(?)", 5, "5"),
        ("?::number(10, 2)", "2.5", Decimal("2.50")),
        ("?:a::int", '{"a": 1}', 1),
    ],
)
def test_bound_values(
    account: snowflake.connector.SnowflakeConnection, expression: str, value: Any, expected: Any
) -> None:
    account._paramstyle = "qmark"  # type: ignore[attr-defined]  # the connection is the package's own
    try:
        _answers(account.cursor(), f"select {expression}", expected, (value,))
    finally:
        account._paramstyle = "pyformat"  # type: ignore[attr-defined]


def _answers(cursor: SnowflakeCursor, sql: str, expected: Any, values: tuple[Any, ...] | None = None) -> None:
    found = cursor.execute(sql, values).fetchall()[0][0]
    if isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9)
        return
    assert found == expected
