"""Every kind of value that can be on its way to a function, and how it arrives: the same on every target and mode.

One table for the tests of all modes, and for docs/values.md.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from include.factory.document.reading import YamlLoader
from include.local.log import task_error

CONF = {"share": 0.5, "days": [1, 2]}
VARIABLES = {
    "AIRFLOW_VAR_GREETING": "hello",
    "AIRFLOW_VAR_SETTINGS": json.dumps({"depth": 3, "names": ["a"]}),
    "AIRFLOW_CONN_OTHER": json.dumps({"conn_type": "http", "host": "example.com", "password": "not-to-be-passed"}),
}
"""What the runs find in their environment."""


@dataclass(frozen=True)
class Case:
    """One value.

    Attributes:
        name: the argument.
        what: what it is, in words.
        written: how it is written in the YAML.
        arrives: the function's type, in words.
        value: what the function gets; or a function of the run's logical date that gives it.
    """

    name: str
    what: str
    written: str
    arrives: str
    value: Any

    def expected(self, logical_date: dt.datetime) -> list[str]:
        """The type and the text that the function tells."""
        value = self.value(logical_date) if callable(self.value) else self.value
        return [type(value).__name__, repr(value)]


@dataclass(frozen=True)
class Refused:
    """One value that is refused before the function is called.

    Attributes:
        name: the argument.
        what: what it is, in words.
        written: how it is written in the YAML.
        says: what the task says in its one line.
        instead: what to pass.
    """

    name: str
    what: str
    written: str
    says: str
    instead: str


PASSED = (
    Case("text", "text", "words", "`str`", "words"),
    Case("number", "a number", "3", "`int`", 3),
    Case("share", "a number with a fraction", "0.25", "`float`", 0.25),
    Case("flag", "a truth value", "true", "`bool`", True),
    Case("nothing", "nothing", "null", "`None`", None),
    Case("day_as_text", "a date in the YAML, which is text there", "2024-02-29", "`str`", "2024-02-29"),
    Case("not_a_number", "NaN", ".nan", "`float`", math.nan),
    Case("endless", "infinity", "-.inf", "`float`", -math.inf),
    Case("of_text", "a template with anything around it", '"on {{ logical_date.date() }}"', "`str`",
         lambda at: f"on {at.date()}"),
    Case("moment", "the logical date", '"{{ logical_date }}"', "`datetime.datetime`, with its offset", lambda at: at),
    Case("begin", "the beginning of the data interval", '"{{ data_interval_start }}"',
         "`datetime.datetime`, with its offset", lambda at: at),
    Case("before", "what is not there yet", '"{{ prev_start_date_success }}"', "`None`", None),
    Case("ds", "the day in Airflow's spelling", '"{{ ds }}"', "`str`", lambda at: str(at.date())),
    Case("day", "a date", '"{{ logical_date.date() }}"', "`datetime.date`", lambda at: at.date()),
    Case("clock", "a time of day", '"{{ macros.datetime(2024, 1, 1, 6, 30).time() }}"', "`datetime.time`",
         dt.time(6, 30)),
    Case("no_offset", "a moment without offset", '"{{ macros.datetime(2024, 1, 1, 6, 30) }}"', "`datetime.datetime`",
         dt.datetime(2024, 1, 1, 6, 30)),
    Case("pause", "a length of time", '"{{ task.retry_delay }}"', "`datetime.timedelta`", dt.timedelta(seconds=1)),
    Case("price", "a Decimal", '"{{ outputs.rows[0][0] }}"', "`decimal.Decimal`", Decimal("1.25")),
    Case("rows", "the rows of a `sql` task", '"{{ outputs.rows }}"', "a list of lists, each value as Snowflake gave it",
         [[Decimal("1.25"), dt.date(2024, 1, 31), dt.datetime(2024, 1, 31, 6, 30), "a", None]]),
    Case("doubled", "the results of a mapped task", '"{{ outputs.doubled }}"', "a list", [2, 4]),
    Case("second", "a part of a result", '"{{ outputs.doubled[1] }}"', "as it was returned", 4),
    Case("binary", "bytes", "\"{{ 'é'.encode() }}\"", "`bytes`", "é".encode()),
    Case("conf", "what the run was started with", '"{{ dag_run.conf }}"', "a mapping", CONF),
    Case("kind", "a word that is an Enum in Airflow", '"{{ dag_run.run_type }}"', "`str`", "manual"),
    Case("p_text", "a param that is text", '"{{ params.word }}"', "`str`", "tea"),
    Case("p_number", "a param that is a number", '"{{ params.count }}"', "`int`", 3),
    Case("p_share", "a param that the run changed", '"{{ params.share }}"', "`float`", 0.5),
    Case("p_flag", "a param that is a truth value", '"{{ params.flag }}"', "`bool`", False),
    Case("p_none", "a param that is empty", '"{{ params.none }}"', "`None`", None),
    Case("p_list", "a param that is a list", '"{{ params.days }}"', "a list", [1, 2]),
    Case("p_map", "a param that is a mapping", '"{{ params.limits }}"', "a mapping", {"low": 1, "high": [2.5, None]}),
    Case("all", "all params", '"{{ params }}"', "a mapping",
         {"word": "tea", "count": 3, "share": 0.5, "flag": False, "none": None, "days": [1, 2],
          "limits": {"low": 1, "high": [2.5, None]}}),
    Case("loud", "what a filter or a method gives piece by piece", '"{{ [\'a\', \'b\'] | map(\'upper\') }}"', "a list",
         ["A", "B"]),
    Case("pair", "a tuple", '"{{ (1, (2, 3)) }}"', "a list", [1, [2, 3]]),
    Case("items", "the keys, values or items of a mapping", '"{{ {\'a\': 1}.items() }}"', "a list", [["a", 1]]),
    Case("keys", "a mapping with keys that are no text", '"{{ {1: \'one\', (2, 3): {none: 4}} }}"',
         "a mapping with these keys", {1: "one", (2, 3): {None: 4}}),
    Case("deep", "lists and mappings with templates in them",
         '{on: ["{{ logical_date.date() }}", .nan], by: {"{{ ds }}": "{{ task.retry_delay }}"}}',
         "the same, each value by its own rule",
         lambda at: {"on": [at.date(), math.nan], "by": {"{{ ds }}": dt.timedelta(seconds=1)}}),
    Case("variable", "an Airflow Variable", '"{{ var.value.greeting }}"', "`str`", "hello"),
    Case("settings", "an Airflow Variable that is JSON", '"{{ var.json.settings }}"', "as JSON says",
         {"depth": 3, "names": ["a"]}),
    Case("host", "a part of an Airflow connection", '"{{ conn.other.host }}"', "`str`", "example.com"),
    Case("events", "the events of the assets that started the run", '"{{ triggering_asset_events }}"',
         "a mapping: asset's name to a list of events, each a mapping", {}),
)  # fmt: skip

REFUSED = (
    Refused("conn", "a connection", '"{{ conn.other }}"', "op_kwargs.given is a Connection, which cannot be passed",
            "one part of it; Snowflake's own session is there already"),
    Refused("ti", "the task instance", '"{{ ti }}"', "op_kwargs.given is a RuntimeTaskInstance",
            "`{{ ti.try_number }}`, `{{ ti.task_id }}`"),
    Refused("run", "the run", '"{{ [dag_run] }}"', "op_kwargs.given[0] is a DagRun",
            "`{{ dag_run.run_id }}`, `{{ dag_run.conf }}`"),
    Refused("macros", "all macros", '"{{ macros }}"', "op_kwargs.given is a MacrosAccessor",
            "what one of its functions gives"),
    Refused("set", "a set, which has no order", '"{{ set([1, 2]) }}"', "op_kwargs.given is a set", "`{{ … | sort }}`"),
    Refused("unknown", "a name that is not there", '"{{ no_such_name }}"',
            "{{ no_such_name }} names something that is not there", "`{{ no_such_name | default(none) }}`"),
    Refused("unknown_within", "a name that is not there, in a list", '"{{ [no_such_name] }}"',
            "op_kwargs.given[0] names something that is not there: 'no_such_name' is undefined", "the same"),
)  # fmt: skip

MODES = {
    "session": {"target": "snowpark", "snowpark": {"run_as": "session"}},
    "stored_procedure": {"target": "snowpark", "snowpark": {"run_as": "stored_procedure"}},
    "pod": {"target": "kubernetes"},
}
_FUNCTIONS = '''\
"""Functions that say what they got."""

from __future__ import annotations

from typing import Any


def got(session: Any, **values: Any) -> dict[str, list[str]]:
    """The type and the text of each value."""
    return {name: [type(value).__name__, repr(value)] for name, value in values.items()}


def doubled(session: Any, number: int) -> int:
    """Twice the number."""
    return 2 * number
'''


def add_to(project: Path, dag_id: str, modes: Sequence[str]) -> None:
    """Writes a pipeline that hands every value over in some modes.

    Args:
        project: the root of a project.
        dag_id: what to call the pipeline.
        modes: names of `MODES`; for each a task of that name, and one for each value that is refused.
    """
    (project / "include" / "tasks" / "every_value.py").write_text(_FUNCTIONS)
    (project / "configs" / f"{dag_id}.yaml").write_text(
        yaml.safe_dump(_pipeline(dag_id, modes), sort_keys=False, allow_unicode=True)
    )


def _pipeline(dag_id: str, modes: Sequence[str]) -> dict[str, Any]:
    tasks: dict[str, Any] = {
        "rows": {
            "sql": "select 1.25::number(10, 2), '2024-01-31'::date, '2024-01-31 06:30:00'::timestamp_ntz, 'a', null"
        },
        "doubled": {
            "python_callable": "include.tasks.every_value.doubled",
            "expand": {"number": [1, 2]},
            "target": "snowpark",
        },
    }
    for mode in modes:
        task = {"python_callable": "include.tasks.every_value.got", **MODES[mode]}
        tasks[mode] = {**task, "op_kwargs": {case.name: _read(case.written) for case in PASSED}}
        for one in REFUSED:
            tasks[f"{mode}_no_{one.name}"] = {**task, "op_kwargs": {"given": _read(one.written)}}
    return {
        "pipeline": dag_id,
        "dag": {
            "user_defined_macros": {"set": "builtins.set"},
            "default_args": {"retries": 1, "retry_delay": "1s"},
        },
        "params": {
            "word": "tea",
            "count": 3,
            "share": 0.25,
            "flag": False,
            "none": {"default": None, "type": ["null", "string"]},
            "days": [1],
            "limits": {"default": {"low": 1, "high": [2.5, None]}, "type": "object"},
        },
        "tasks": tasks,
    }


def _read(written: str) -> Any:
    return yaml.load(written, YamlLoader)  # a subclass of the safe loader


def moment_of(got: dict[str, list[str]]) -> dt.datetime:
    """The run's logical date, as the function tells it."""
    kind, text = got["moment"]
    assert kind == "datetime"
    moment: dt.datetime = eval(text, {"datetime": dt})
    assert moment.tzinfo is not None
    return moment


def refusal_of(log: str, task: str) -> str:
    """The one line in which a task says why it cannot pass a value."""
    (line,) = {line for line in task_error(log, task).splitlines() if "AirflowFailException" in line}
    return line


def tables() -> tuple[str, str]:
    """The two tables of docs/values.md: what is passed, and what is refused."""
    passed = [(case.what, f"`{case.written}`", case.arrives) for case in PASSED]
    refused = [(one.what, f"`{one.written}`", one.instead) for one in REFUSED]
    return (
        _table(("value", "written", "the function gets"), passed),
        _table(("value", "written", "pass in its place"), refused),
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
