"""Write CONTRACT.md from the contract's cases: python -m tests.contract.page."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from tests.contract.loading import load_cases, load_differences, load_refusals

PAGE = Path(__file__).resolve().parents[2] / "CONTRACT.md"
HEAD = """# What the embedded Snowflake does as Snowflake does, what differs, and what it refuses

A statement is answered as Snowflake answers it, or fails with `not supported by the embedded Snowflake: …`.

This page is written from the tests in `tests/contract`, which run against the embedded server, and against a real
account with `SNOWFLAKE_CONNECTION=<name in connections.toml> pytest tests/contract`.
"""

TAIL = """
## snowflake-ml-python

`tests/clients/test_ml.py` runs 2.6.0 of it, in an environment of its own, and compares with scikit-learn and pandas:
scalers, encoders, imputers, pipelines, models of `snowflake.ml.modeling` and its metrics. The interpreter of the
procedures that it makes needs `snowflake-telemetry-python` and the model's library, as `scikit-learn`; its GridSearchCV
wants `xgboost` in the client. Refused, by what they send: the registry (SHOW MODELS), datasets (CREATE DATASET),
experiments (CREATE EXPERIMENT), the feature store (CREATE TAG), jobs.

## Snowpark's own integration tests

15 files of snowflakedb/snowpark-python (main of August 2026), by its client 1.56.0, in November 2026; again with
`python -m benchmarks.snowpark_suite CHECKOUT --python CLIENT_PYTHON --reasons`. A failure that is not refused is one of
the differences above, the wording of an error, the client's own fault, or needs something of an account.

| file | passed | failed | refused | skipped | % of those that ran |
|---|---|---|---|---|---|
| scala/test_dataframe_suite.py | 101 | 5 | 3 | 2 | 92.7 |
| scala/test_function_suite.py | 300 | 22 | 36 | 0 | 83.8 |
| scala/test_table_suite.py | 8 | 0 | 1 | 0 | 88.9 |
| scala/test_dataframe_join_suite.py | 54 | 1 | 5 | 1 | 90.0 |
| scala/test_window_frame_suite.py | 20 | 0 | 0 | 0 | 100.0 |
| scala/test_dataframe_writer_suite.py | 23 | 0 | 0 | 3 | 100.0 |
| scala/test_dataframe_aggregate_suite.py | 55 | 0 | 0 | 3 | 100.0 |
| scala/test_sql_suite.py | 8 | 0 | 0 | 0 | 100.0 |
| scala/test_file_operation_suite.py | 24 | 1 | 0 | 4 | 96.0 |
| test_dataframe.py | 363 | 14 | 18 | 11 | 91.9 |
| test_function.py | 147 | 5 | 6 | 2 | 93.0 |
| test_udf.py | 87 | 4 | 9 | 12 | 87.0 |
| test_stored_procedure.py | 71 | 6 | 3 | 8 | 88.8 |
| test_pandas_to_df.py | 34 | 2 | 0 | 0 | 94.4 |
| test_df_to_pandas.py | 8 | 3 | 0 | 0 | 72.7 |
| **all** | 1303 | 63 | 81 | 46 | 90.0 |
"""


def text() -> str:
    """Write the page.

    Returns:
        Markdown.
    """
    lines = [HEAD, "## The same as in Snowflake", ""]
    for topic, cases in groupby(load_cases(), key=lambda case: case.topic):
        lines += [f"### {topic}", ""]
        lines += [f"- {case.what}: `{_flat(case.sql[-1])}`" for case in cases]
        lines.append("")
    lines += ["## Different", "", "| | Snowflake | embedded |", "|---|---|---|"]
    lines += [f"| {one.topic} | {one.snowflake} | {one.embedded} |" for one in load_differences()]
    lines += ["", "## Refused", "", "| | what | example |", "|---|---|---|"]
    lines += [f"| {one.topic} | {one.what} | `{_flat(one.sql[-1])}` |" for one in load_refusals()]
    return "\n".join(lines) + "\n" + TAIL


def _flat(sql: str) -> str:
    return " ".join(sql.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text())
