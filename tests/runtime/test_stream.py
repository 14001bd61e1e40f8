"""A stream hands the columns that are kept on as they were, and counts rows rightly, chunk after chunk."""

from __future__ import annotations

import json

import pytest

from tests.conftest import ROOT, SNOWPARK_PYTHON
from tests.laptop import Laptop

STREAM = """\
import json, sys
from include.runtime import batch
from include.runtime.request import Batch, BatchInput, BatchOutput, Request
from include.runtime.session import open_session

sys.modules["halves"] = sys
sys.half = lambda rows: rows["N"] / 2
session = open_session(json.loads(sys.argv[1]), {})
work = Batch(BatchInput(sys.argv[2], ["N"]), BatchOutput(sys.argv[3], "HALF"))
print(batch.run_as_stream(session, Request("halves.half", "stream", batch=work), work)["rows"])
session.close()
"""


def stream(laptop: Laptop, table: str, output: str) -> int:
    done = laptop.command(
        "-c", STREAM, json.dumps(laptop.parameters), table, output, python=SNOWPARK_PYTHON, PYTHONPATH=str(ROOT)
    )
    assert done.code == 0, done.output
    return int(done.output.splitlines()[-1])


@pytest.fixture(scope="module")
def kinds(laptop: Laptop) -> dict[str, str]:
    """A column of each kind, with a gap; the numbers are longer than a float is exact."""
    return {
        "WHOLE": "(9007199254740993 + N)::NUMBER(38, 0)",
        "MONEY": "(12345678901234.5678 + N)::NUMBER(18, 4)",
        "TEXT": "'é' || N",
        "DAY": "'2019-01-01'::DATE",
        "MOMENT": "'2019-01-01 10:00:00.123456'::TIMESTAMP_NTZ",
        "ZONED": "'2019-01-01 10:00:00 +0200'::TIMESTAMP_TZ",
        "CLOCK": "'10:11:12'::TIME",
        "FLAG": "N = 2",
        "BYTES": "TO_BINARY('00ff', 'HEX')",
    }


def test_what_is_kept_arrives_as_it_was(laptop: Laptop, kinds: dict[str, str]) -> None:
    columns = ", ".join(f"IFF(N = 1, NULL, {value}) AS {name}" for name, value in kinds.items())
    laptop.sql(
        f"CREATE OR REPLACE TABLE KINDS AS SELECT N, {columns} FROM (SELECT 0 AS N UNION ALL SELECT 1 UNION ALL"
        " SELECT 2)"
    )

    assert stream(laptop, "KINDS", "KINDS_OUT") == 3
    before, after = (
        laptop.sql(f"SELECT {', '.join(kinds)} FROM {table} ORDER BY N") for table in ("KINDS", "KINDS_OUT")
    )
    assert before == after
    assert all(before[0].values())
    types = [
        [(row["name"], row["type"]) for row in laptop.sql(f"DESCRIBE TABLE {table}")]
        for table in ("KINDS", "KINDS_OUT")
    ]
    assert types[1] == [*types[0], ("HALF", "FLOAT")]


def test_several_chunks_and_none(laptop: Laptop) -> None:
    laptop.sql("CREATE OR REPLACE TABLE LONG AS SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 120000))")
    assert stream(laptop, "LONG", "LONG_OUT") == 120_000
    assert laptop.value("SELECT COUNT(DISTINCT N) FROM LONG_OUT WHERE HALF = N / 2") == "120000"

    laptop.sql("CREATE OR REPLACE TABLE NONE_AT_ALL AS SELECT * FROM LONG WHERE N < 0")
    assert stream(laptop, "NONE_AT_ALL", "NONE_OUT") == 0
