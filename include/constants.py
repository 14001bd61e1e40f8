"""What several layers must call the same. It imports nothing, so that all of them can import it.

In the task image and in Snowflake it stands beside the runtime.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The project's root: the folder with `configs`, `dags` and `include`."""

VARIABLE_PREFIX = "SNOWPOD_"
"""What the names of the project's own environment variables begin with."""
ENVIRONMENT_VARIABLE = "SNOWPOD_ENVIRONMENT"
"""Names the environment: the file configs/environments/<name>.yaml is laid over the defaults."""
CACHE_VARIABLE = "SNOWPOD_CACHE"
"""Names the folder in which the loader keeps what it has checked; `off` for none."""
REQUEST_VARIABLE = "SNOWPOD_REQUEST"
"""Holds a pod's request."""
CONNECTION_FILE_VARIABLE = "SNOWPOD_CONNECTION_FILE"
"""Names the file in which a pod finds its Snowflake connection."""
CONNECTION_PIPE_VARIABLE = "SNOWPOD_CONNECTION_FD"
"""Holds the number of the pipe from which a child process reads its Snowflake connection."""

PIPELINE_TAG = "snowpod:"
"""What the tag of a pipeline's DAGs begins with; its name follows. Airflow's database tells them from others by it."""
TAG_LENGTH = 100
"""Characters that Airflow takes for a tag."""

DEFAULT_CONNECTION = "snowflake_default"
"""The Airflow connection to Snowflake where none is named."""
SESSION_KEYS = ("warehouse", "role", "database", "schema")
"""What a task may choose of its Snowflake session: keys of the format's `snowflake:`, attributes of the operators."""

SQL_OPERATOR = "include.operators.SnowflakeSQLOperator"
SNOWPARK_OPERATOR = "include.operators.SnowparkOperator"
COMPARISON_OPERATOR = "include.operators.ComparisonOperator"
SNOWPARK_BATCH_OPERATOR = "include.operators.SnowparkBatchOperator"
POD_OPERATOR = "include.operators.SnowparkPodOperator"
BATCH_POD_OPERATOR = "include.operators.SnowparkBatchPodOperator"
CONTAINER_OPERATOR = "include.operators.ContainerPodOperator"
POD_OPERATORS = (POD_OPERATOR, BATCH_POD_OPERATOR, CONTAINER_OPERATOR)
"""Those that run a task in a pod."""
STORED_PROCEDURE = "stored procedure"
"""What the nodes of Airflow's graph say of a function that runs inside Snowflake."""
MAPPED_ITEMS = "include.operators.MappedItems"
"""Finds what a mapped task is mapped over."""
RUN_IN_RUNTIME = "include.operators.snowpark.run_in_runtime"
"""What the operators of the Snowpark interpreter call there."""
CALL_ALL = "include.operators.callbacks.call_all"
"""The one callback in place of several."""
RUN_IF = "include.operators.conditions.RunIf"
"""A task's condition."""
RESULT_OF = "include.operators.outputs.result_of"
"""The macro that gives another task's result."""

FAILED_FOR_GOOD = 64
"""The exit code by which a pod says that another try would end the same way (EX_USAGE of sysexits.h)."""
TASK_CONTAINER, XCOM_CONTAINER = "base", "airflow-xcom-sidecar"
"""A pod's container that KubernetesPodOperator watches, and the one that hands over the result."""
CONNECTION_VOLUME, CONNECTION_FOLDER = "snowflake-connection", "/run/snowflake"
"""A pod's volume with its Snowflake connection, and where that is mounted."""
SCRATCH_VOLUME, SCRATCH_FOLDER = "scratch", "/tmp"
"""The one place where a pod can write."""
XCOM_VOLUME, XCOM_FOLDER = "xcom", "/airflow/xcom"
"""Where a pod leaves its result for KubernetesPodOperator's sidecar, whose volume it is."""

COMPARE = "compare"
"""The id of the task that compares what targets wrote, and the key by which a task says how its table is compared."""
MEASURES_KEY = "snowpod_measures"
"""The XCom key of what a task took: a mapping with `include.runtime.measures.KEYS`."""
TASK_RUNS_TABLE = "SNOWPOD_TASK_RUNS"
"""The table in Snowflake to which each task adds a row of what it took; `snowflake: {task_runs: …}` names another."""
POD_VARIABLE = "SNOWPOD_POD"
"""Holds what a pod is to know of itself: name, image, requests and limits, as JSON."""
NODE_VARIABLE = "SNOWPOD_NODE"
"""Holds the name of the node that a pod runs on."""
