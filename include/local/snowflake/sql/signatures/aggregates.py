"""Aggregates and window functions: https://docs.snowflake.com/en/sql-reference/functions-aggregation.

SUM's page says of texts, and so do those of its kind: the input is cast to floating point.
"""

from __future__ import annotations

AGGREGATES = {
    "APPROX_PERCENTILE": "float float -> float",
    "AVG": "float -> number",
    "BITAND_AGG": "integer -> integer",
    "BITOR_AGG": "integer -> integer",
    "BITXOR_AGG": "integer -> integer",
    "BOOLAND_AGG": "boolean -> boolean",
    "BOOLOR_AGG": "boolean -> boolean",
    "BOOLXOR_AGG": "boolean -> boolean",
    "CONDITIONAL_TRUE_EVENT": "boolean -> integer",
    "CORR": "float float -> float",
    "COUNT": "any* -> integer",
    "COUNT_IF": "boolean -> integer",
    "COVAR_POP": "float float -> float",
    "COVAR_SAMP": "float float -> float",
    "CUME_DIST": "any* -> float",
    "DENSE_RANK": "any* -> integer",
    "KURTOSIS": "float -> number",
    "LISTAGG": "text text -> text",
    "MEDIAN": "float -> number",
    "NTILE": "integer -> integer",
    "PERCENTILE_CONT": "float -> number",
    "PERCENT_RANK": "any* -> float",
    "RANK": "any* -> integer",
    "RATIO_TO_REPORT": "float -> number",
    "REGR_AVGX": "float float -> float",
    "REGR_AVGY": "float float -> float",
    "REGR_COUNT": "float float -> float",
    "REGR_INTERCEPT": "float float -> float",
    "REGR_R2": "float float -> float",
    "REGR_SLOPE": "float float -> float",
    "REGR_SXX": "float float -> float",
    "REGR_SXY": "float float -> float",
    "REGR_SYY": "float float -> float",
    "ROW_NUMBER": "any* -> integer",
    "SKEW": "float -> number",
    "STDDEV": "float -> number",
    "STDDEV_POP": "float -> number",
    "SUM": "float -> number",
    "VARIANCE": "float -> number",
    "VARIANCE_POP": "float -> number",
}
