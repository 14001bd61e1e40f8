"""Which texts are one expression and nothing else: Jinja's own rules say where it ends."""

from __future__ import annotations

import pytest

from include.operators.expressions import one_expression


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("{{ params.x }}", "params.x"),
        (" {{params.x}}\n", "params.x"),
        ("{{- params.x -}}", "params.x"),
        ("{{ {1: {2: 3}} }}", "{1: {2: 3}}"),
        ("{{ '}}' }}", "'}}'"),
        ("{{ '{{ a }}' | length }}", "'{{ a }}' | length"),
    ],
)
def test_one(text: str, expression: str) -> None:
    assert one_expression(text) == expression


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "{{ a }} {{ b }}",
        "on {{ a }}",
        "{{ a }}.",
        "{% if a %}{{ b }}{% endif %}",
        "{# a #}",
        "{{ ' }}",
        3,
        None,
    ],
)
def test_none(text: object) -> None:
    assert one_expression(text) is None
