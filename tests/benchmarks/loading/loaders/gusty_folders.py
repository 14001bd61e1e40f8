"""gusty's own way to load a folder of DAGs, each a folder of tasks, into airflow."""

from pathlib import Path

from airflow.sdk import get_parsing_context
from gusty import create_dags
from pipelines_data import OPERATORS

from include import operators
from include.operators.outputs import result_of
from include.operators.snowpark import run_in_runtime

# gusty hands on what it finds in the signatures of a class and of its base; so a class says what else it takes.
for name in OPERATORS:
    getattr(operators, name)._gusty_parameters = (
        *("conn_id", "sql", "split_statements", "snowflake_conn_id", "target", "run_as", "python", "python_callable"),
        *("function", "op_kwargs", "batch_input", "batch_output", "model", "kubernetes"),
    )
DAGS = Path(__file__).parents[1] / "configs"

create_dags(
    str(DAGS),
    globals(),
    current_dag_id=get_parsing_context().dag_id,
    latest_only=False,
    template_searchpath=[str(DAGS.parents[1] / "ours")],
    user_defined_macros={"result_of": result_of},
    dag_constructors={"runtime": lambda: run_in_runtime},
)
