"""Functions of dates and times: https://docs.snowflake.com/en/sql-reference/functions-date-time.

TIME_SLICE is not here: it takes no text, says https://docs.snowflake.com/en/sql-reference/data-types.
"""

from __future__ import annotations

DATES = {
    "ADD_MONTHS": "date number -> any",
    "DATEADD": "unit number date -> any",
    "DATEDIFF": "unit date date -> integer",
    "DATE_FROM_PARTS": "integer integer integer -> date",
    "DATE_PART": "unit date -> integer",
    "DATE_TRUNC": "unit date -> any",
    "DAY": "date -> integer",
    "DAYNAME": "date -> text",
    "DAYOFMONTH": "date -> integer",
    "DAYOFWEEK": "date -> integer",
    "DAYOFWEEKISO": "date -> integer",
    "DAYOFYEAR": "date -> integer",
    "HOUR": "date -> integer",
    "LAST_DAY": "date unit -> date",
    "MINUTE": "date -> integer",
    "MONTH": "date -> integer",
    "MONTHNAME": "date -> text",
    "MONTHS_BETWEEN": "date date -> float",
    "NEXT_DAY": "date text -> date",
    "PREVIOUS_DAY": "date text -> date",
    "QUARTER": "date -> integer",
    "SECOND": "date -> integer",
    "TIMEADD": "unit number date -> any",
    "TIME_FROM_PARTS": "integer integer integer integer -> date",
    "WEEK": "date -> integer",
    "WEEKISO": "date -> integer",
    "YEAR": "date -> integer",
    "YEAROFWEEK": "date -> integer",
    "YEAROFWEEKISO": "date -> integer",
}
