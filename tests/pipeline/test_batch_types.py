"""The types in a batch: a UDF inside Snowflake and a stream give a function the same, for every type of a column."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.laptop import Laptop

TYPES = {
    "N": ("NUMBER(38,0)", "1", "int64", "1"),
    "N_NULL": ("NUMBER(38,0)", "NULL", "float64", "nan"),
    "D": ("NUMBER(10,2)", "1.25", "float64", "1.25"),
    "F": ("FLOAT", "0.5", "float64", "0.5"),
    "S": ("VARCHAR", "'a'", "object", "'a'"),
    "B": ("BOOLEAN", "TRUE", "bool", "True"),
    "B_NULL": ("BOOLEAN", "NULL", "object", "None"),
    "DAY": ("DATE", "'2026-01-31'", "datetime64[ns]", "Timestamp('2026-01-31 00:00:00')"),
    "DAY_NULL": ("DATE", "NULL", "datetime64[ns]", "NaT"),
    "TS": ("TIMESTAMP_NTZ", "'2026-01-31 06:00:00'", "datetime64[ns]", "Timestamp('2026-01-31 06:00:00')"),
    "TZ": (
        "TIMESTAMP_TZ",
        "'2026-01-31 06:00:00 +0100'",
        "datetime64[ns, UTC]",
        "Timestamp('2026-01-31 05:00:00+0000', tz='UTC')",
    ),
    "T": ("TIME", "'06:00:00'", "timedelta64[ns]", "Timedelta('0 days 06:00:00')"),
    "V": ("VARIANT", "PARSE_JSON('{\"a\": 1}')", "object", "{'a': 1}"),
    "A": ("ARRAY", "ARRAY_CONSTRUCT(1, 2)", "object", "[1, 2]"),
    "BIN": ("BINARY", "TO_BINARY('ff', 'hex')", "object", "b'\\xff'"),
}
"""Column -> its type in Snowflake, a value, the type in the batch, the value there as Python shows it."""
RUN = """
import json, sys
sys.path.insert(0, sys.argv[2])
from include.runtime import batch
from include.runtime.request import Batch, BatchInput, BatchOutput, Request
from include.runtime.session import open_session

types = json.loads(sys.argv[3])
seen = {}
for mode, run in (("udf", batch.run_as_udf), ("stream", batch.run_as_stream)):
    session = open_session(json.loads(sys.argv[1]), {})
    columns = ", ".join(f"{name} {kind}" for name, (kind, *_) in types.items())
    session.sql(f"CREATE OR REPLACE TABLE BATCH_TYPES ({columns})").collect()
    session.sql(f"INSERT INTO BATCH_TYPES SELECT {', '.join(value for _, value, *_ in types.values())}").collect()
    work = Batch(BatchInput("BATCH_TYPES", list(types)), BatchOutput("BATCH_TYPES_SEEN", "SEEN", "VARCHAR", ["S"]))
    run(session, Request("include.tasks.batch_types.year", mode, batch=work), work)
    seen[mode] = json.loads(session.sql("SELECT SEEN FROM BATCH_TYPES_SEEN").collect()[0][0])
print("SEEN", json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(users: Laptop) -> dict[str, dict[str, list[str]]]:
    done = users.command(
        "-c", RUN, json.dumps(users.parameters), str(users.root), json.dumps(TYPES),
        python=users.root / ".local" / "venvs" / "snowpark" / "bin" / "python",
    )  # fmt: skip
    assert done.code == 0, done.output
    found: dict[str, Any] = json.loads(done.output.rpartition("SEEN ")[2])
    return found


@pytest.mark.parametrize("column", TYPES)
@pytest.mark.parametrize("mode", ["udf", "stream"])
def test_a_column_has_its_type(seen: dict[str, dict[str, list[str]]], mode: str, column: str) -> None:
    _, _, kind, value = TYPES[column]
    assert seen[mode][column] == [kind, value]
