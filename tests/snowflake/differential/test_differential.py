"""Random DataFrame programs on the embedded server and plain pandas. The long form: `python -m tests.snowflake.differential`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from snowflake.snowpark import Session

from tests.snowflake.differential.differences import difference
from tests.snowflake.differential.engines import OnSnowpark
from tests.snowflake.differential.programs import Program, programs


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(program=programs())
def test_a_program_gives_what_pandas_gives(session: Session, program: Program) -> None:
    found = difference(program, OnSnowpark(session), "embedded")
    if found is not None:
        pytest.fail(str(found))
