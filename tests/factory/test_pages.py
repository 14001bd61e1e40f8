"""What Airflow shows of a DAG and its tasks: texts, tags, labels. What users write is shown, and does nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import get_parsing_context
from airflow.serialization.serialized_objects import DagSerialization
from markdown_it import MarkdownIt

from include.constants import ROOT
from include.factory.project import Project
from include.factory.register import register

PIPELINE = """\
pipeline: sample
description: What a sample is for
dag: {tags: [mine, Snowflake]}
params:
  table: T
  rows: {default: 3, type: integer, description: How many rows | at most}
  mode: {default: fast, enum: [fast, slow]}
  day: {type: string}
tasks:
  create:
    sql: |
      -- Makes the table,
      -- empty.
      create table T (A int)
  load:
    python_callable: include.tasks.sample.load
    op_kwargs: {table: "{{ params.table }}"}
    expand: {rows: [1, 2]}
    dependencies: [create]
    snowpark: {run_as: stored_procedure}
  score:
    batch_callable: include.tasks.sample.score
    input: {table: T, columns: [A]}
    output: {table: "S_{{ target }}", column: B}
    dependencies: [load]
  check:
    operator: include.operators.CheckSnowflakeConnection
    doc_md: "**Mine**"
    dependencies: [score]
variants:
  here: {target: snowpark, description: What it is for here}
  both: {target: [snowpark, kubernetes]}
"""


def _registered(project: Project, text: str, name: str = "sample.yaml") -> dict[str, Any]:
    (project.configs / name).write_text(text, encoding="utf-8")
    namespace: dict[str, Any] = {}
    register(namespace, project.root)
    return namespace


@pytest.fixture
def dags(project: Project) -> dict[str, Any]:
    return _registered(project, PIPELINE)


def test_tags_name_the_project_and_the_targets_beside_the_users_own(dags: dict[str, Any]) -> None:
    assert dags["sample_here"].tags == {"mine", "Snowflake", "snowpod:sample", "snowpark"}
    assert dags["sample_both"].tags == {"mine", "Snowflake", "snowpod:sample", "snowpark", "kubernetes"}


def test_without_variants_tags_name_the_targets_that_tasks_run_on(project: Project) -> None:
    tasks = "tasks:\n  a: {sql: select 1}\n  b: {container: {image: busybox, command: [date]}}\n"
    dags = _registered(project, f"pipeline: alone\ndag: {{tags: [KUBERNETES]}}\n{tasks}", "alone.yaml")
    assert dags["alone"].tags == {"KUBERNETES", "snowpod:alone"}


def test_the_list_shows_the_description(dags: dict[str, Any]) -> None:
    assert dags["sample_here"].description == "What it is for here"
    assert dags["sample_both"].description == "What a sample is for"


def test_a_node_of_the_graph_says_how_its_task_runs(dags: dict[str, Any]) -> None:
    serialized = DagSerialization.to_dict(dags["sample_both"])["dag"]["tasks"]
    labels = {task["__var"]["task_id"]: task["__var"].get("_operator_name") for task in serialized}
    assert labels.pop("compare")
    assert labels == {
        "create": "SQL",
        "snowpark.load": "stored procedure",
        "kubernetes.load": "pod",
        "snowpark.score": "vectorised UDF",
        "kubernetes.score": "batches in a pod",
        "snowpark.check": "connection check",
        "kubernetes.check": "connection check",
    }


def test_a_page_says_what_comes_after_what_and_where(dags: dict[str, Any]) -> None:
    page = dags["sample_both"].doc_md
    assert page.startswith("What a sample is for\n")
    assert "- **create**: Snowflake (SQL)\n" in page
    load = "- **load** after create: snowpark (stored procedure) and kubernetes (pod), for each of several values\n"
    assert load in page
    assert "- **compare** after check: compares what the targets wrote\n" in page
    assert "`sample_here`" in page
    assert "](snowpod/)" in page


def test_a_page_lists_params_with_type_default_and_description(dags: dict[str, Any]) -> None:
    rows = [line for line in dags["sample_here"].doc_md.splitlines() if line.startswith("| `")]
    assert rows == [
        '| `table` | string | `"T"` | — |',
        "| `rows` | integer | `3` | How many rows \\| at most |",
        '| `mode` | one of `"fast"`, `"slow"` | `"fast"` | — |',
        "| `day` | string | none: a run must give it | — |",
    ]


def test_a_task_says_what_its_function_says_and_where_it_runs(dags: dict[str, Any]) -> None:
    def text(task_id: str, dag: str = "sample_both") -> str:
        return str(dags[dag].get_task(task_id).doc_md)

    assert text("create") == "Makes the table, empty.\n\nRuns on: Snowflake (SQL).\n"
    assert "Runs on: snowpark (stored procedure). Function: `include.tasks.sample.load`." in text("snowpark.load")
    assert "Runs on: kubernetes (pod). Function: `include.tasks.sample.load`." in text("kubernetes.load")
    assert text("check", "sample_here").startswith("**Mine**\n\nRuns on: Airflow (")


def test_every_edit_of_a_file_changes_its_dag(project: Project) -> None:
    """So that Airflow keeps a version for it, with the text that was run."""
    before = _registered(project, PIPELINE)["sample_here"].doc_md
    assert _registered(project, PIPELINE + "# a remark\n")["sample_here"].doc_md != before


HOSTILE = [
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "[click](javascript:alert(1))", "{{ 1 + 1 }} {% if %}",
    "```\n# not a heading", "# not a heading", "1. no list", "- no list", "| a | b |\n| - | - |", "a `b`` c ``` d",
    "![i](http://example.invalid/i.png)", "&lt;b&gt;", "back\\slash \\`x\\`", "~~gone~~ __bold__ *it*", "Title\n===",
    "README.md",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(project: Project, text: str) -> None:
    (project.root / "include" / "tasks" / "hostile.py").write_text(
        f"def run(session):\n    {json.dumps(text + chr(10) * 2 + text)}\n", encoding="utf-8"
    )
    param = json.dumps({"default": text, "description": text})
    dags = _registered(
        project,
        f"pipeline: hostile\ndescription: {json.dumps(text)}\nparams: {{p: {param}}}\n"
        "tasks:\n  a: {python_callable: include.tasks.hostile.run}\n"
        f"  b: {{sql: {json.dumps('/* ' + text.replace('{', '(') + ' */ select 1')}}}\n",
        "hostile.yaml",
    )
    dag = dags["hostile"]
    renderer = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    kinds = {"paragraph_open", "fence", "heading_open", "bullet_list_open", "table_open", "inline", "code_inline"}
    for markdown in (dag.get_task("a").doc_md, dag.get_task("b").doc_md):
        tokens = renderer.parse(markdown)
        assert {token.type for token in tokens} <= {*kinds, "paragraph_close"}
        inline = {child.type for token in tokens for child in token.children or ()}
        assert inline <= {"text", "text_special", "code_inline", "softbreak"}
    tokens = renderer.parse(dag.doc_md)
    assert [token.content for token in tokens if token.type == "heading_open"] == [""] * 3
    assert [child.attrs for token in tokens for child in token.children or () if child.type == "link_open"] == [
        {"href": "snowpod/"}
    ]
    assert [child.type for token in tokens for child in token.children or ()].count("strong_open") == 2  # the tasks
    assert not {"html_block", "html_inline", "image", "s_open", "em_open"} & {
        one.type for token in tokens for one in (token, *(token.children or ()))
    }


def test_no_value_of_the_environment_is_shown(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWPOD_TEST_SECRET", "canary")
    text = PIPELINE.replace("What a sample is for", "For ${SNOWPOD_TEST_SECRET}").replace(
        "table: T\n", 'table: "${SNOWPOD_TEST_SECRET}"\n', 1
    )
    text = text.replace(
        "here: {target: snowpark,", 'here: {target: snowpark, params: {more: "${SNOWPOD_TEST_SECRET}"},'
    )
    text = text.replace("create table T", "create table ${SNOWPOD_TEST_SECRET} --")
    dags = _registered(project, text)
    for dag in dags.values():
        shown = [dag.doc_md, *(task.doc_md for task in dag.tasks), *dag.tags]
        assert not [one for one in shown if "canary" in one]
    assert (
        "${SNOWPOD_TEST_SECRET}".replace("$", "\\$").replace("{", "\\{").replace("}", "\\}")
        in dags["sample_both"].doc_md
    )
    assert '`"${SNOWPOD_TEST_SECRET}"`' in dags["sample_here"].doc_md


def test_the_users_own_text_of_a_dag_comes_first_and_is_no_file(project: Project) -> None:
    """Airflow takes a text that ends in `.md` for the name of a file."""
    Path(project.root / "NOTES.md").write_text("from the file", encoding="utf-8")
    text = PIPELINE.replace("dag: {", f"dag: {{doc_md: {project.root}/NOTES.md, ")
    page = _registered(project, text)["sample_here"].doc_md
    assert page.startswith(f"{project.root}/NOTES.md\n\n\nWhat it is for here\n")


def test_where_a_task_only_runs_nothing_is_explained(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.configs / "sample.yaml").write_text(PIPELINE, encoding="utf-8")
    context = get_parsing_context()._replace(dag_id="sample_here", task_id="load")
    monkeypatch.setattr("include.factory.register.get_parsing_context", lambda: context)
    namespace: dict[str, Any] = {}
    register(namespace, project.root)
    assert namespace["sample_here"].doc_md is None
    assert namespace["sample_here"].get_task("check").doc_md == "**Mine**"


def test_every_param_of_the_projects_own_pipelines_has_a_description() -> None:
    namespace: dict[str, Any] = {}
    register(namespace, ROOT)
    assert namespace
    assert not [line for dag in namespace.values() for line in dag.doc_md.splitlines() if line.endswith("| — |")]
