"""What it costs Airflow to load pipelines: ours beside the equal DAGs by hand and of other tools."""
