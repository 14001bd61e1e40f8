"""The blueprints of the benchmark: a class for each kind of task, and one for the arguments of a DAG."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from blueprint import BaseModel, Blueprint, BlueprintDagArgs
from pipelines_data import KUBERNETES, PYTHON, SEARCH_PATH, TRIGGER

from include.operators import SnowflakeSQLOperator
from include.operators.outputs import result_of

if KUBERNETES:
    from include.operators import SnowparkBatchPodOperator, SnowparkPodOperator

    OPERATORS: Any = (SnowparkPodOperator, SnowparkBatchPodOperator)
    FUNCTION: dict[str, Any] = {}
    WHERE: dict[str, Any] = {"target": "kubernetes", "kubernetes": KUBERNETES}
else:
    from include.operators import SnowparkBatchOperator, SnowparkOperator
    from include.operators.snowpark import run_in_runtime

    OPERATORS = (SnowparkOperator, SnowparkBatchOperator)
    FUNCTION = {"run_as": "session"}
    WHERE = {"target": "snowpark", "python_callable": run_in_runtime, "python": PYTHON}


class ArgsConfig(BaseModel):
    description: str
    schedule: str
    trigger: dict[str, str]


class Args(BlueprintDagArgs[ArgsConfig]):
    def render(self, config: ArgsConfig) -> dict[str, Any]:
        TRIGGER.clear()  # for the loader, which knows the DAG
        TRIGGER.update(config.trigger)
        return {
            "description": config.description,
            "schedule": config.schedule,
            "start_date": datetime(2024, 1, 1),
            "catchup": False,
            "max_active_runs": 1,
            "is_paused_upon_creation": False,
            "default_args": {
                "snowflake_conn_id": "snowflake_default",
                "owner": "snowpod",
                "retries": 1,
                "retry_delay": timedelta(seconds=5),
            },
            "tags": ["bench"],
            "user_defined_macros": {"result_of": result_of},
            "template_searchpath": SEARCH_PATH,
        }


class StatementConfig(BaseModel):
    sql: str


class Statement(Blueprint[StatementConfig]):
    def render(self, config: StatementConfig) -> Any:
        return SnowflakeSQLOperator(
            task_id=self.step_id, conn_id="snowflake_default", sql=config.sql, split_statements=True
        )


class FunctionConfig(BaseModel):
    function: str
    op_kwargs: dict[str, str]


class Function(Blueprint[FunctionConfig]):
    def render(self, config: FunctionConfig) -> Any:
        return OPERATORS[0](
            task_id=self.step_id, function=config.function, op_kwargs=config.op_kwargs, **FUNCTION, **WHERE
        )


class InputConfig(BaseModel):
    table: str
    columns: list[str]


class OutputConfig(BaseModel):
    table: str
    column: str


class BatchConfig(BaseModel):
    function: str
    input: InputConfig
    output: OutputConfig
    model: str


class Batch(Blueprint[BatchConfig]):
    def render(self, config: BatchConfig) -> Any:
        return OPERATORS[1](
            task_id=self.step_id,
            function=config.function,
            batch_input=config.input.model_dump(),
            batch_output=config.output.model_dump(),
            model=config.model,
            **WHERE,
        )
