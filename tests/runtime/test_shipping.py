"""What is written into CREATE PROCEDURE and CREATE FUNCTION."""

from __future__ import annotations

import sys

import pytest

from include.runtime.procedure import SNOWPARK
from include.runtime.shipping import literal, python_clauses, with_package


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "'plain'"),
        ("it's", "'it''s'"),
        (r"C:\new", r"'C:\\new'"),
        ('{"a": "\\n"}', '\'{"a": "\\\\n"}\''),
        (r"\'", r"'\\'''"),
    ],
)
def test_a_literal_is_the_text_that_it_stands_for(text: str, written: str) -> None:
    assert literal(text) == written


@pytest.mark.parametrize(
    ("packages", "all_of_them"),
    [
        ([], ["snowflake-snowpark-python"]),
        (["scikit-learn", "pandas==2.3.3"], ["snowflake-snowpark-python", "scikit-learn", "pandas==2.3.3"]),
        (["scikit-learn", "snowflake-snowpark-python==1.56.0"], ["scikit-learn", "snowflake-snowpark-python==1.56.0"]),
    ],
)
def test_a_procedure_has_snowpark_once(packages: list[str], all_of_them: list[str]) -> None:
    assert with_package(packages, SNOWPARK) == all_of_them


def test_the_clauses_name_this_python() -> None:
    assert python_clauses(["pandas"], ["@stage/it's.zip"], "run") == (
        f"LANGUAGE PYTHON RUNTIME_VERSION = '{sys.version_info.major}.{sys.version_info.minor}'\n"
        "PACKAGES = ('pandas')\nIMPORTS = ('@stage/it''s.zip')\nHANDLER = 'run'"
    )
