"""dag-factory's own way to load a folder of DAGs into airflow."""

from pathlib import Path

from dagfactory import load_yaml_dags

load_yaml_dags(globals(), dags_folder=str(Path(__file__).parents[1] / "configs"))
