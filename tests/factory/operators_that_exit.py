"""An operator whose module cannot be imported."""

from airflow.sdk import BaseOperator

raise SystemExit("raised by the import")


class Never(BaseOperator):
    """Never made."""
