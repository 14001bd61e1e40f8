"""Loading stays as fast as it is, beside the equal DAGs by hand and of dag-factory itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.loading.limits import Ratio
from tests.benchmarks.loading.measure import UnequalDagsError, check_equal
from tests.benchmarks.loading.pipelines import KINDS
from tests.benchmarks.loading.sides import BY_HAND, DAG_FACTORY, OURS
from tests.benchmarks.loading.small import TOLERANCE, measured
from tests.benchmarks.loading.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path, Path(sys.executable))


@pytest.mark.benchmark
def test_no_ratio_is_over_its_limit_by_a_quarter(workshop: Workshop) -> None:
    found = measured(workshop)

    print(*map(_words, found), sep="\n")
    assert [_words(one) for one in found if one.measured > one.most * TOLERANCE] == []


def _words(ratio: Ratio) -> str:
    return f"{ratio.kind}: {ratio.words}: {ratio.measured:.2f}, at most {ratio.most:.2f}"


@pytest.mark.benchmark
@pytest.mark.parametrize("kind", KINDS)
def test_the_sides_have_equal_dags(workshop: Workshop, kind: str) -> None:
    workshop.write([OURS, BY_HAND, DAG_FACTORY], 3, kind)

    check_equal(workshop, [OURS, BY_HAND, DAG_FACTORY], kind, 3)


@pytest.mark.benchmark
def test_unequal_dags_are_not_compared(workshop: Workshop) -> None:
    workshop.write([OURS, BY_HAND], 3, "snowpark")
    loader = workshop.loader(BY_HAND, 3, "snowpark")
    loader.write_text(loader.read_text().replace("train >> predict", "load >> predict"))

    with pytest.raises(UnequalDagsError, match=r"unequal to ours: \['p00000', 'p00001', 'p00002'\]"):
        check_equal(workshop, [OURS, BY_HAND], "snowpark", 3)
