"""The same work with Airflow's own operator, as one would write it by hand."""

from __future__ import annotations

import json
import os

from airflow.providers.standard.operators.python import ExternalPythonOperator
from airflow.sdk import DAG

PYTHON = os.environ["BY_HAND_PYTHON"]
PARAMETERS = json.loads(os.environ["BY_HAND_PARAMETERS"])


def in_a_session(parameters):
    """One statement."""
    from snowflake.snowpark import Session

    session = Session.builder.configs(parameters).create()
    value = session.sql("select 1").collect()[0][0]
    session.close()
    return value


def in_a_procedure(parameters):
    """The same, registered by Snowpark's own means, which send the function along."""
    from snowflake.snowpark import Session
    from snowflake.snowpark.types import IntegerType

    session = Session.builder.configs(parameters).create()

    def select_one(session):
        return session.sql("select 1").collect()[0][0]

    registered = session.sproc.register(
        select_one, return_type=IntegerType(), input_types=[], packages=["snowflake-snowpark-python"]
    )
    value = registered(session=session)
    session.close()
    return value


def in_a_udf(parameters):
    """A vectorised UDF over the same table."""
    from snowflake.snowpark import Session
    from snowflake.snowpark.functions import col
    from snowflake.snowpark.types import LongType, PandasDataFrameType, PandasSeriesType

    session = Session.builder.configs(parameters).create()

    def same(batch):
        return batch[0]

    registered = session.udf.register(
        same,
        return_type=PandasSeriesType(LongType()),
        input_types=[PandasDataFrameType([LongType()])],
        packages=["pandas"],
    )
    session.table("TASK_START").with_column("SAME", registered(col("N"))).write.mode("overwrite").save_as_table(
        "TASK_START_BY_HAND"
    )
    rows = session.table("TASK_START_BY_HAND").count()
    session.close()
    return {"table": "TASK_START_BY_HAND", "rows": rows}


with DAG("by_hand_snowpark", schedule=None):
    for task_id, function in (("session", in_a_session), ("procedure", in_a_procedure), ("udf", in_a_udf)):
        ExternalPythonOperator(
            task_id=task_id,
            python=PYTHON,
            python_callable=function,
            op_kwargs={"parameters": PARAMETERS},
            expect_airflow=False,
        )
