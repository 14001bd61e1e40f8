"""What the factory replaces in a template, told from what is the template's own, by Jinja's tree."""

from __future__ import annotations

import random

import jinja2
import pytest
from jinja2 import meta

from include.factory.templates.jinja import (
    _fully_parsed,
    _plainly_parsed,
    fill,
    is_expression,
    names,
    references,
    syntax_problem,
)

WORDS = {"target": "snowpark", "variant": "fast"}
OWN = [
    "{% set target = 'x' %}select '{{ target }}'",
    "{% for target in ['a', 'b'] %}{{ target }}{% else %}none{% endfor %}",
    "{% for target in range(3) if target > 1 %}{{ target }}{{ loop.index }}{% endfor %}",
    "{% set outputs = {'a': 1} %}{{ outputs.a }}",
    "{% set outputs %}text{% endset %}{{ outputs }}",
    "{% macro q(variant, target='t') %}{{ variant }}{{ target }}{% endmacro %}{{ q(1) }}",
    "{% macro target() %}x{% endmacro %}{{ target() }}",
    "{% call(target) f() %}{{ target }}{% endcall %}",
    "{% with target = 1, variant = 2 %}{{ target + variant }}{% endwith %}",
    "{% import 'm' as target %}{{ target.x }}{% from 'm' import y as variant %}{{ variant }}",
    (
        "{{ f(target=1) }}{{ x.target }}{{ x['outputs'] }}{{ 'target' }}{# {{ target }} #}{% raw %}{{ target }}{%"
        " endraw %}"
    ),
]
IN_ALL_BRANCHES = (
    "{% if a %}{% set target = 1 %}{% elif b %}{% set target = 2 %}{% else %}{% set target = 3 %}{% endif %}{{"
    " target }}"
)
MIXED = {
    "{{ target }}{% set target = 'x' %}{{ target }}": "snowpark{% set target = 'x' %}{{ target }}",
    "{% set target = target ~ '_x' %}{{ target }}": "{% set target = 'snowpark' ~ '_x' %}{{ target }}",
    "{% for target in [target] %}{{ target }}{% endfor %}{{ target }}": (
        "{% for target in ['snowpark'] %}{{ target }}{% endfor %}snowpark"
    ),
    "{% for i in x %}{{ target }}{% set target = i %}{% endfor %}{{ target }}": (
        "{% for i in x %}snowpark{% set target = i %}{% endfor %}snowpark"
    ),
    "{% if a %}{% set target = 1 %}{% endif %}{{ target }}": (
        "{% if a %}{% set target = 1 %}{% endif %}{{ (target if target is defined else 'snowpark') }}"
    ),
    "{% with target = target %}{{ target }}{% endwith %}": "{% with target = 'snowpark' %}{{ target }}{% endwith %}",
    "{% filter upper %}{% set target = 1 %}{% endfilter %}{{ target }}": (
        "{% filter upper %}{% set target = 1 %}{% endfilter %}snowpark"
    ),
    "{{ 'a' if target == 'snowpark' else variant }}": "{{ 'a' if 'snowpark' == 'snowpark' else 'fast' }}",
    "{{- target -}} x": "snowparkx",
    "{{ outputs.t.items() }}": "{{ result_of(ti, 'T').items() }}",
    "{{ outputs.t.a.upper() }}": "{{ result_of(ti, 'T', 'a').upper() }}",
    "{{ outputs['my-t']['k'][0] }}": "{{ result_of(ti, 'MY-T', 'k')[0] }}",
    "{% do rows.append(outputs.t) %}": "{% do rows.append(result_of(ti, 'T')) %}",
    "{{ ? }} {{ target }}": "{{ ? }} {{ target }}",
}


@pytest.mark.parametrize("text", [*OWN, IN_ALL_BRANCHES])
def test_a_name_of_the_template_itself_is_left_alone(text: str) -> None:
    assert fill(text, WORDS, str.upper) == text


@pytest.mark.parametrize("text", MIXED)
def test_a_name_from_outside_is_replaced_where_it_is_from_outside(text: str) -> None:
    assert fill(text, WORDS, str.upper) == MIXED[text]


@pytest.mark.parametrize("text", [text for text in [*OWN, *MIXED] if syntax_problem(text) is None])
def test_jinja_finds_the_same_names(text: str) -> None:
    tree = jinja2.Environment(extensions=["jinja2.ext.do"]).parse(text)
    assert {
        reference.parts[0] for reference in references(text)
    } - tree.environment.globals.keys() == meta.find_undeclared_variables(tree)


@pytest.mark.parametrize(
    ("text", "rendered"), [("{% if a %}{% set target = 1 %}{% endif %}{{ target }}", ("1", "snowpark"))]
)
def test_a_name_that_one_branch_defines_is_either(text: str, rendered: tuple[str, str]) -> None:
    template = jinja2.Environment().from_string(fill(text, WORDS, str))
    assert (template.render(a=True), template.render(a=False)) == rendered


@pytest.mark.parametrize("text", [" {{ outputs.load }}\n", "{{- a.b | map('}}') -}}", "{{ {'a': 1} }}"])
def test_one_expression(text: str) -> None:
    assert is_expression(text)


@pytest.mark.parametrize("text", ["load", "a {{ b }}", "{{ a }}{{ b }}", "{% if a %}{{ b }}{% endif %}", "{{", 1, None])
def test_what_is_not_one_expression(text: object) -> None:
    assert not is_expression(text)


def test_the_names_of_texts_deep_in_a_value() -> None:
    assert list(names({"{{ a.b }}": ["{{ c['d'].e }}", {"f": "{{ g"}]})) == [("a", "b"), ("c", "d", "e")]


PIECES = [
    "{{", "}}", "{", "}", " ", "\n", "\r\n", "\x0b", "\x1c", "\t", ".", "x", "é", "1", "'", "(", "|", "not", "{#",
    "{% raw %}",
    "{{ x }}", "{{x}}", "{{ params.y }}", "{{  a.b.c\n}}", "{{\n\nz }}", "{{- x }}", "{{ x -}}", "{{ é }}", "{{ x.1 }}",
    "{{ 1x }}", "{{ self }}", "{{ super }}", "{{ caller }}", "{{ true }}", "{{ None.x }}", "{{ not }}", "{{ in }}",
    "{{ x.not }}", "{{ for.x }}", "{{ _ }}", "{{ x . y }}", "{{ outputs.t.k }}", "{{{", "}}}", "\ufeff",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_plain_templates_are_taken_apart_as_by_jinja(seed: int) -> None:
    chance = random.Random(seed)
    plain = 0
    for _ in range(400):
        text = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 6)))
        if (parsed := _plainly_parsed(text)) is not None:
            plain += 1
            assert parsed == _fully_parsed(text), text
    assert plain > 20
