"""An interpreter that is not there: no try finds one."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException

from include.operators import SnowparkOperator


def test_a_missing_interpreter_is_told_at_once() -> None:
    operator = SnowparkOperator(
        task_id="task", function="include.tasks.taxi.train", python="/nowhere/python", op_kwargs={}
    )
    with pytest.raises(
        AirflowFailException, match=r"The Snowpark interpreter /nowhere/python is not there\.\nWhat to do"
    ):
        operator.execute_callable()
