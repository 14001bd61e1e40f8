"""The types of Snowflake's functions, as its reference says: one table, a file for each family of functions.

An entry reads "text integer* -> text": the family of each argument, the last one repeated where a star follows, and
that of the value. The families:

- text, number, float, integer, boolean: an argument of another type is converted
- date: a DATE, TIME or TIMESTAMP; a text in its place is read as a TIMESTAMP_NTZ
- unit: a part of a date, which is a word
- any: an argument or value of any type

https://docs.snowflake.com/en/sql-reference/functions-all
"""

from __future__ import annotations

from embedded_snowflake.sql.resolve.signatures.aggregates import AGGREGATES
from embedded_snowflake.sql.resolve.signatures.conditions import CONDITIONS
from embedded_snowflake.sql.resolve.signatures.conversions import CONVERSIONS
from embedded_snowflake.sql.resolve.signatures.dates import DATES
from embedded_snowflake.sql.resolve.signatures.numbers import NUMBERS
from embedded_snowflake.sql.resolve.signatures.texts import TEXTS

SIGNATURES: dict[str, str] = {**TEXTS, **NUMBERS, **DATES, **AGGREGATES, **CONDITIONS, **CONVERSIONS}
