"""blueprint's own way to load a folder of DAGs into airflow."""

from pathlib import Path
from typing import Any

from blueprint import build_all_airflow_dags
from pipelines_data import TRIGGER


def give_params(dag: Any, path: Path) -> None:
    """Give a DAG the params that its arguments named: blueprint itself takes none for a DAG."""
    dag.params = dict(TRIGGER)


build_all_airflow_dags(
    search_path=Path(__file__).parent,
    render_templates=False,  # `{{ params.x }}` is Airflow's, for the run
    on_dag_built=give_params,
)
