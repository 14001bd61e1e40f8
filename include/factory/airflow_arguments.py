"""Arguments of Airflow's DAG and BaseOperator that are no keys of the format: why, and what to write instead.

Each argument of the pinned Airflow is a key of the schema or is here; a test reads the signatures.
"""

from __future__ import annotations

from collections.abc import Mapping

_GROUPS = "Write `group: <name>` on the tasks that belong together."
_MAIL = (
    "Airflow 3 is giving it up, and sends nothing without its smtp provider. Call that one's notifier:"
    " `on_failure_callback: {callback: airflow.providers.smtp.notifications.smtp.SmtpNotifier, to: …}`."
)
_SLA = "Airflow 3 has no SLAs. Use `execution_timeout` with `on_failure_callback`, or the DAG's `deadline`."
_HOOK = (
    "The format has no functions within a task: `on_execute_callback` is called before it, `on_success_callback` and"
    " `on_failure_callback` after it."
)
ONE_TASK = "It is about one task: give it to the task itself."

OF_DAG: Mapping[str, str] = {
    "auto_register": "The factory registers all DAGs. Remove it.",
    "dag_id": "The pipeline's name is its DAG's id: write `pipeline: <name>` at the top.",
    "description": "Put it at the top of the file, beside `dag`.",
    "params": "Put it at the top of the file, beside `dag`.",
    "sla_miss_callback": (
        "Airflow 3 has no SLAs. Use `deadline`, `dagrun_timeout`, or `execution_timeout` of a task with"
        " `on_failure_callback`."
    ),
    "task_group": _GROUPS,
}
OF_TASK: Mapping[str, str] = {
    "dag": "A task belongs to the pipeline that it stands in. Remove it.",
    "default_args": "Put it under `dag`: `dag: {default_args: {…}}`.",
    "email": _MAIL,
    "email_on_failure": _MAIL,
    "email_on_retry": _MAIL,
    "params": "Params belong to the pipeline: put them at the top of the file. A function's arguments are `op_kwargs`.",
    "post_execute": _HOOK,
    "pre_execute": _HOOK,
    "resources": "Put it under `kubernetes`: `kubernetes: {resources: …}`. Airflow itself does nothing with it.",
    "sla": _SLA,
    "task_group": _GROUPS,
    "task_id": "The task's key is its id. Remove it.",
}
NOT_IN_DEFAULT_ARGS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "doc",
            "doc_json",
            "doc_md",
            "doc_rst",
            "doc_yaml",
            "inlets",
            "map_index_template",
            "outlets",
            "task_display_name",
        ),
        ONE_TASK,
    ),
    "start_date": "Put it under `dag`: `dag: {start_date: …}`.",
    "end_date": "Put it under `dag`: `dag: {end_date: …}`.",
}
"""What a task may say, and `default_args` may not."""
