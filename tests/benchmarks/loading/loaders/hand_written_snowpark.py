"""A thousand DAGs in a loop over data, as one writes them by hand: Snowflake tasks."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import DAG, get_parsing_context
from pipelines_data import PIPELINES, PYTHON, SEARCH_PATH

from include.operators import SnowflakeSQLOperator, SnowparkBatchOperator, SnowparkOperator
from include.operators.outputs import result_of
from include.operators.snowpark import run_in_runtime

DEFAULT_ARGS = {
    "snowflake_conn_id": "snowflake_default",
    "owner": "snowpod",
    "retries": 1,
    "retry_delay": timedelta(seconds=5),
}
SESSION = {"target": "snowpark", "python_callable": run_in_runtime, "python": PYTHON}
wanted = get_parsing_context().dag_id

for pipeline in PIPELINES:
    dag_id = pipeline["dag_id"]
    if wanted not in (None, dag_id):
        continue
    with DAG(
        dag_id,
        description=pipeline["description"],
        schedule=pipeline["schedule"],
        start_date=datetime(2024, 1, 1),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        default_args=DEFAULT_ARGS,
        params={"source": "include/data/taxi", "stage": pipeline["stage"], "features": pipeline["features"]},
        tags=["bench"],
        user_defined_macros={"result_of": result_of},
        template_searchpath=SEARCH_PATH,
    ) as dag:
        create_stage = SnowflakeSQLOperator(
            task_id="create_stage",
            conn_id="snowflake_default",
            sql="CREATE STAGE IF NOT EXISTS {{ params.stage }}",
            split_statements=True,
        )
        stage_files = SnowparkOperator(
            task_id="stage_files",
            function="include.tasks.taxi.stage_files",
            op_kwargs={"source": "{{ params.source }}", "stage": "{{ params.stage }}"},
            run_as="session",
            **SESSION,
        )
        load = SnowflakeSQLOperator(
            task_id="load",
            conn_id="snowflake_default",
            sql=f"COPY INTO {pipeline['trips']} FROM @{{{{ params.stage }}}}",
            split_statements=True,
        )
        train = SnowparkOperator(
            task_id="train",
            function="include.tasks.taxi.train",
            op_kwargs={
                "features": "{{ params.features }}",
                "stage": "{{ params.stage }}",
                "model": "linear",
                "train_until": "",
            },
            run_as="session",
            **SESSION,
        )
        predict = SnowparkBatchOperator(
            task_id="predict",
            function="include.tasks.taxi.predict_duration",
            batch_input={
                "table": "{{ params.features }}",
                "columns": ["PICKUP_LOCATION_ID", "DROPOFF_LOCATION_ID", "TRIP_DISTANCE", "PICKUP_HOUR"],
            },
            batch_output={"table": pipeline["predictions"], "column": "PREDICTED_SECONDS"},
            model="{{ result_of(ti, 'train', 'model') }}",
            **SESSION,
        )
        publish = SnowflakeSQLOperator(
            task_id="publish",
            conn_id="snowflake_default",
            sql=f"CREATE OR REPLACE VIEW {pipeline['view']} AS SELECT * FROM {pipeline['predictions']}",
            split_statements=True,
        )
        create_stage >> stage_files >> load >> train >> predict >> publish
    globals()[dag_id] = dag
