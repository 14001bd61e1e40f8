"""A function as a stored procedure: what Snowflake is asked for, and what comes back of it."""

from __future__ import annotations

import json
import re
import zipfile

import pytest
from snowflake.snowpark import Session

from include.runtime import procedure
from include.runtime.errors import NoSuchFunctionError, ProcedureFailedError
from include.runtime.request import Request
from tests.scripted_snowflake import RefusedError, ScriptedSnowflake

REQUEST = Request(
    "include.tasks.taxi.train",
    "stored_procedure",
    op_kwargs={"folder": r"C:\new", "says": "it's"},
    packages=["scikit-learn"],
    imports=["@libs/more.zip"],
)


def test_the_procedure_is_temporary_and_has_its_callers_rights(scripted: ScriptedSnowflake, session: Session) -> None:
    scripted.answers["^CALL"] = [{"TRAIN": json.dumps({"result": None, "log": ""})}]
    procedure.call(session, REQUEST)
    (created,) = scripted.statements("^CREATE OR REPLACE TEMPORARY PROCEDURE TRAIN")
    assert "PACKAGES = ('snowflake-snowpark-python', 'scikit-learn')" in created
    assert "IMPORTS = ('@SNOWPOD_CODE/include.zip', '@libs/more.zip')" in created
    assert "EXECUTE AS CALLER" in created
    compile(created.split("$$")[1], "the procedure's body", "exec")


def test_arguments_arrive_as_they_were_given(scripted: ScriptedSnowflake, session: Session) -> None:
    scripted.answers["^CALL"] = [{"TRAIN": json.dumps({"result": None, "log": ""})}]
    procedure.call(session, REQUEST)
    (called,) = scripted.statements("^CALL")
    (literal,) = re.findall(r"^CALL TRAIN\('(.*)'\)$", called)
    # As Snowflake reads a literal: `''` is a quote, and a backslash escapes what follows.
    assert json.loads(re.sub(r"\\(.)", r"\1", literal.replace("''", "'"))) == REQUEST.op_kwargs


def test_the_code_that_travels_is_the_runtime_and_the_tasks(scripted: ScriptedSnowflake, session: Session) -> None:
    scripted.answers["^CALL"] = [{"TRAIN": json.dumps({"result": None, "log": ""})}]
    procedure.call(session, REQUEST)
    names = zipfile.ZipFile(scripted.stage / "include.zip").namelist()
    assert {"include/__init__.py", "include/constants.py", "include/runtime/inside.py", "include/tasks/taxi.py"} <= set(
        names
    )
    assert {name.split("/")[1] for name in names} == {"__init__.py", "constants.py", "runtime", "tasks"}


def test_the_result_comes_back_and_the_log_is_shown(
    scripted: ScriptedSnowflake, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.answers["^CALL"] = [{"TRAIN": json.dumps({"result": {"rows": 3}, "log": "INFO fitted"})}]
    assert procedure.call(session, REQUEST) == {"rows": 3}
    assert capsys.readouterr().out == "INFO fitted\n"


@pytest.mark.parametrize(
    ("message", "raised", "says"),
    [
        (
            "100357 (P0000): Python Interpreter Error:\ninclude.runtime.errors.NoSuchFunctionError: a.b: there is no "
            "module a in function TRAIN with handler run",
            NoSuchFunctionError,
            "a.b: there is no module a",
        ),
        (
            "100357 (P0000): Python Interpreter Error:\nValueError: no trips",
            ProcedureFailedError,
            "ValueError: no trips",
        ),
    ],
)
def test_an_error_is_the_functions_own(
    scripted: ScriptedSnowflake,
    session: Session,
    capsys: pytest.CaptureFixture[str],
    message: str,
    raised: type[Exception],
    says: str,
) -> None:
    note = "\n--- printed and logged before the error ---\nread 3 files\n--- end of the log ---"
    scripted.answers["^CALL"] = RefusedError(100357, message + note, "P0000")
    with pytest.raises(raised) as caught:
        procedure.call(session, REQUEST)
    assert says in str(caught.value)
    assert "read 3 files" not in str(caught.value)
    assert capsys.readouterr().out == "read 3 files\n"
