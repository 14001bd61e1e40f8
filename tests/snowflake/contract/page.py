"""Writes include/local/snowflake/README.md from the contract's cases: python -m tests.snowflake.contract.page."""

from __future__ import annotations

from pathlib import Path

from tests.snowflake.contract.cases import DIFFERENT, REFUSED, SUPPORTED
from tests.snowflake.contract.functions import FUNCTIONS

PAGE = Path(__file__).resolve().parents[3] / "include" / "local" / "snowflake" / "README.md"
HEAD = """# The embedded Snowflake

A server for work and tests without an account. It takes the real clients (Python connector, Snowpark, Airflow's SnowflakeHook,
`snow`), keeps its data under `.local/snowflake`, and answers as Snowflake answers, or says that it does not:
an unsupported statement fails with `not supported by the embedded Snowflake: …`.

    python3 -m include.local.snowflake start     # also: stop, status; --state DIR, --python PATH, --user NAME, --listen ADDRESS

Clients find it through `<state>/connections.toml` (connection `embedded`) and trust it through
`REQUESTS_CA_BUNDLE=<state>/ca-bundle.pem`.

This page is written from the tests in `tests/snowflake/contract`, which run against the embedded server, and against a real
account with `SNOWFLAKE_CONNECTION=<name in connections.toml> pytest tests/snowflake/contract`.
"""


def text() -> str:
    """Write the page.

    Returns:
        Markdown.
    """
    lines = [HEAD, "## The same as in Snowflake", ""]
    promised = [*SUPPORTED, *FUNCTIONS]
    for topic in dict.fromkeys(case.topic for case in promised):
        lines += [f"### {topic}", ""]
        lines += [f"- {case.what}: `{_flat(case.sql[-1])}`" for case in promised if case.topic == topic]
        lines.append("")
    lines += ["## Different", "", "| | Snowflake | embedded |", "|---|---|---|"]
    lines += [f"| {item.topic} | {item.snowflake} | {item.embedded} |" for item in DIFFERENT]
    lines += ["", "## Refused", "", "| | what | example |", "|---|---|---|"]
    lines += [f"| {topic} | {what} | `{_flat(sql)}` |" for topic, what, sql in REFUSED]
    return "\n".join(lines) + "\n"


def _flat(sql: str) -> str:
    return " ".join(sql.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text())
