"""A request arrives as it was sent: all its parts, with their types."""

from __future__ import annotations

import pytest

from include.runtime.request import Batch, BatchInput, BatchOutput, Request

CALL = Request(
    "include.tasks.taxi.train",
    "stored_procedure",
    op_kwargs={"rows": 7, "share": 0.5, "none": None},
    packages=["scikit-learn"],
    imports=["@stage/more.zip"],
    session={"warehouse": "BIG"},
    query_tag={"dag_id": "dag", "try_number": 2},
)
WHOLE_TABLE = Batch(BatchInput("T", ["A", "B"]), BatchOutput("O", "C"))
SOME_COLUMNS = Batch(BatchInput("T", ["A"]), BatchOutput("O", "C", "NUMBER", ["A"]), "@stage/model.joblib")


@pytest.mark.parametrize(
    "request_",
    [
        CALL,
        Request("include.tasks.taxi.predict", "udf", batch=WHOLE_TABLE),
        Request("include.tasks.taxi.predict", "stream", batch=SOME_COLUMNS),
    ],
    ids=["call", "whole table", "some columns"],
)
def test_it_arrives_as_it_was_sent(request_: Request) -> None:
    assert Request.from_json(request_.to_json()) == request_
