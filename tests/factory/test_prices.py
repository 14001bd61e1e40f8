"""Prices of a layer: what is no price is found where it stands, and one layer's price takes the place of another's."""

from __future__ import annotations

import pytest

from include.factory.check import Checker
from include.factory.layers import section
from include.factory.project import Project

MEANT = "Write a number, or remove the price: what it is for is then not known."
SIZES = (
    "There are these choices: `2X-Large`, `3X-Large`, `4X-Large`, `5X-Large`, `6X-Large`, `Large`, `Medium`, `Small`,"
    " `X-Large`, `X-Small`."
)


def checked(project: Project, text: str) -> Checker:
    environment = project.root / "configs" / "environments" / "priced.yaml"
    environment.write_text(f"prices:\n  {text}\n", encoding="utf-8")
    return Checker(Project(project.root, {"SNOWPOD_ENVIRONMENT": "priced"}))


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (
            "credit: {price: -1, source: s}",
            "2:19 out-of-range",
            "`prices.credit.price` is `-1`; it must be at least 0.",
            "How much, in `prices.currency`.",
        ),
        ("credit: {price: 2}", "2:3 missing-key", "`prices.credit` has no `source`.", None),
        ("credit: {source: s}", "2:3 missing-key", "`prices.credit` has no `price`.", None),
        ("credit: {price: 2, source: ''}", "2:30 empty", "`prices.credit.source` is empty.", None),
        ("credit: 2.00", "2:11 wrong-type", "`prices.credit` must be a mapping, not `2.0`.", None),
        (
            "credit: {price: '2.00', source: s}",
            "2:19 wrong-type",
            "`prices.credit.price` must be a number, not `2.00`.",
            "Remove the quotes: `price: 2.00`.",
        ),
        (
            "gb_hour: {price: cheap, source: s}",
            "2:20 wrong-type",
            "`prices.gb_hour.price` must be a number, not `cheap`.",
            "How much, in `prices.currency`.",
        ),
        ("cpu_hour: {price: .nan, source: s}", "2:21 wrong-value", "`price` is `.nan`, which is no price.", MEANT),
        (
            "cpu_hour: {price: -.inf, source: s}",
            "2:21 out-of-range",
            "`prices.cpu_hour.price` is `-inf`; it must be at least 0.",
            None,
        ),
        ("cpu_hour: {price: 1e999, source: s}", "2:21 wrong-value", "`price` is `.inf`, which is no price.", MEANT),
        ("credits_per_hour: {Small: .nan}", "2:29 wrong-value", "`Small` is `.nan`, which is no price.", MEANT),
        (
            "credits_per_hour: {Small: -2}",
            "2:29 out-of-range",
            "`prices.credits_per_hour.Small` is `-2`; it must be at least 0.",
            None,
        ),
        (
            "credits_per_hour: {XSMALL: 1}",
            "2:22 wrong-name",
            "`XSMALL` is not a name that may be used here.",
            "Did you mean `X-Small`?",
        ),
        ("credits_per_hour: {Huge: 1}", "2:22 wrong-name", "`Huge` is not a name that may be used here.", SIZES),
        ("credits_per_hour: {}", "2:21 empty", "`prices.credits_per_hour` is empty.", None),
        (
            "currency: dollars",
            "2:13 wrong-value",
            "`prices.currency` cannot be `dollars`.",
            "The currency of all prices: three letters, as ISO 4217 has them.",
        ),
        (
            "cpu_hours: {price: 1, source: s}",
            "2:3 unknown-key",
            "`prices.cpu_hours` is not a key of the format.",
            "Did you mean `cpu_hour`?",
        ),
    ],
)
def test_what_is_no_price_is_found_at_its_place(
    project: Project, text: str, place: str, message: str, hint: str | None
) -> None:
    (found,) = checked(project, text).layers[1].diagnostics
    assert f"{found.position.line}:{found.position.column} {found.code}" == place
    assert found.message == message
    assert found.hint == hint if hint else found.hint


def test_a_price_may_come_from_a_variable(project: Project) -> None:
    checker = checked(project, "credit:\n    price: ${PRICE:-2.5}\n    source: ours")
    assert checker.layers[1].diagnostics == ()
    assert section("prices", *checker.settings.layers) == {"credit": {"price": 2.5, "source": "ours"}}


def test_no_price_has_the_source_of_another_layer(project: Project) -> None:
    with project.defaults_file.open("a", encoding="utf-8") as defaults:
        defaults.write("\nprices: {currency: EUR, credit: {price: 2, source: a}, cpu_hour: {price: 1, source: a}}\n")
    checker = checked(project, "credit: {price: 3, source: our contract}")
    assert [layer.diagnostics for layer in checker.layers] == [(), ()]
    assert section("prices", *checker.settings.layers) == {
        "currency": "EUR",
        "credit": {"price": 3, "source": "our contract"},
        "cpu_hour": {"price": 1, "source": "a"},
    }
