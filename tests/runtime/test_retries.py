"""Which failures another try cannot fix."""

from __future__ import annotations

import pytest
from snowflake.connector.errors import DatabaseError, ForbiddenError, OperationalError, ProgrammingError
from snowflake.snowpark.exceptions import SnowparkSQLException

from include.runtime import errors, main
from include.runtime.request import Request
from include.runtime.retries import is_final


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (DatabaseError(msg="Incorrect username or password was specified.", errno=390_100), True),
        (
            DatabaseError(
                msg="Role 'X' specified in the connect string does not exist or not authorized.", errno=390_189
            ),
            True,
        ),
        (DatabaseError(msg="Failed to connect to DB: MFA", errno=250_001), True),
        (ForbiddenError(msg="Failed to connect to DB. Verify the account name is correct", errno=250_001), True),
        (
            DatabaseError(
                msg="Your user account has been temporarily locked due to too many failed attempts.", errno=390_100
            ),
            False,
        ),
        (DatabaseError(msg="OAuth access token expired.", errno=390_318), False),
        (OperationalError(msg="Could not connect to Snowflake backend", errno=250_001), False),
        (ProgrammingError(msg="SQL compilation error: syntax error", errno=1003), True),
        (
            ProgrammingError(msg="SQL compilation error: Object 'T' does not exist or not authorized.", errno=2003),
            False,
        ),
        (ProgrammingError(msg="Division by zero", errno=100_051), False),
        (SnowparkSQLException("invalid identifier 'X'", sql_error_code=904), True),
        (SnowparkSQLException("Statement reached its statement or warehouse timeout", sql_error_code=630), False),
        (errors.WrongArgumentsError("f cannot be called"), True),
        (errors.ExitedError("f called sys.exit(1)"), False),
        (errors.NoSessionError("nothing answers"), False),
        (ValueError("no trips"), False),
    ],
)
def test_final(error: Exception, final: bool) -> None:
    assert is_final(error) is final


@pytest.mark.parametrize(
    ("error", "final"), [(errors.NoSuchFunctionError("there is no module x"), True), (ValueError("no trips"), False)]
)
def test_the_operator_is_told(error: Exception, final: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(main, "run", fails)
    outcome = main.run_reporting(Request("x.f").to_json())
    assert outcome["final"] is final
    assert str(error) in outcome["error"]
