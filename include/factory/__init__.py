"""From pipelines in YAML to Airflow DAGs: read, check, compile to dag-factory's configuration, build.

Importing this imports neither Airflow nor dag-factory: `validate` starts in a moment.
"""

from include.factory.register import register_dags

__all__ = ["register_dags"]
