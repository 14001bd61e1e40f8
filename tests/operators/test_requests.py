"""What an operator hands over: whole, or refused in a line that is not tried again."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from kubernetes.client import ApiException
from kubernetes.config import ConfigException

from include.operators.refusals import is_final
from include.operators.requests import as_variable, batch_of, passed
from include.runtime.request import Batch, BatchInput, BatchOutput, Request


@pytest.mark.parametrize("text", ["$(HOME)", "$$(HOME)", "cost: $5", 'quoted "$" and \\', "ü"])
def test_kubernetes_finds_nothing_to_expand(text: str) -> None:
    request = Request("f", op_kwargs={"text": text})
    assert "$" not in as_variable(request)
    assert Request.from_json(as_variable(request)) == request


def test_too_much_for_a_pod_is_refused() -> None:
    assert as_variable(Request("f", op_kwargs={"text": "x" * 130_000}))
    with pytest.raises(AirflowFailException, match=r"The arguments of f are 131,\d+ characters; a pod takes 131,008"):
        as_variable(Request("f", op_kwargs={"text": "x" * 131_072}))


def test_an_argument_that_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(AirflowFailException, match="holds itself"):
        passed({"endless": endless})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"batch_input": {"table": 2024, "columns": ["A"]}}, r"input\.table is 2024, a int, and must be text"),
        ({"batch_input": {"table": ["T"], "columns": ["A"]}}, r"input\.table is \['T'\], a list, and must be text"),
        ({"batch_input": {"table": "T", "columns": ["A", None]}}, r"input\.columns is None"),
        ({"batch_input": {"table": "T", "columns": "A"}}, r"input\.columns is 'A', and must be a list of names"),
        ({"batch_output": {"table": None, "column": "B"}}, r"output\.table is None"),
        ({"model": 7}, "model is 7"),
    ],
)
def test_names_are_text(changed: dict[str, Any], words: str) -> None:
    right: dict[str, Any] = {
        "batch_input": {"table": "T", "columns": ["A"]},
        "batch_output": {"table": "O", "column": "B", "keep": None},
        "model": None,
    }
    assert batch_of(**right) == Batch(BatchInput("T", ["A"]), BatchOutput("O", "B"))
    with pytest.raises(AirflowFailException, match=words):
        batch_of(**right | changed)


def answer(status: int, body: str) -> ApiException:
    error = ApiException(status=status)
    error.body = body
    return error


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (answer(403, 'pods is forbidden: User "system:serviceaccount:a:b" cannot create resource "pods"'), True),
        (answer(403, "pods is forbidden: exceeded quota: compute"), False),
        (answer(403, "forbidden: unable to create new content in namespace x because it is being terminated"), False),
        (answer(422, "Pod is invalid: metadata.name"), True),
        (answer(400, 'Pod in version "v1" cannot be handled as a Pod'), True),
        (answer(400, "container is waiting to start"), False),
        (answer(404, '{"details":{"name":"nowhere","kind":"namespaces"}}'), True),
        (answer(404, '{"details":{"name":"task","kind":"pods"}}'), False),
        (answer(409, ""), False),
        (answer(429, ""), False),
        (answer(500, ""), False),
        (ConfigException("Invalid kube-config file. No configuration found."), True),
        (OSError("connection refused"), False),
    ],
)
def test_what_kubernetes_will_always_refuse(error: Exception, final: bool) -> None:
    assert is_final(error) is final
