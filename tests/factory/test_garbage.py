"""Nothing looks for garbage while DAGs are made; after that all is as before."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from include.factory import garbage, register_dags
from include.factory.project import Project


class _Held:
    """Holds itself: only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def searches() -> Iterator[list[str]]:
    """The searches for garbage that begin."""
    begun: list[str] = []

    def note(phase: str, _: Any) -> None:
        begun.extend([phase] * (phase == "start"))

    gc.callbacks.append(note)
    yield begun
    gc.callbacks.remove(note)


@pytest.fixture
def first_load(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has loaded nothing yet."""
    monkeypatch.setattr(garbage, "_frozen", False)
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("first_load")
def test_dags_are_made_without_a_search_for_garbage(project: Project, searches: list[str]) -> None:
    for number in range(20):
        text = f"pipeline: sample_{number}\ntasks:\n  first: {{sql: select {number}}}\n"
        (project.configs / f"sample_{number}.yaml").write_text(text, encoding="utf-8")
    dags: dict[str, Any] = {}
    del searches[:]

    register_dags(dags, project.root)

    assert len(dags) == 20
    assert searches == []
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000


@pytest.mark.usefixtures("first_load")
def test_a_process_that_loads_again_does_not_grow() -> None:
    gone = []
    for _ in range(3):
        with garbage.uncollected():
            held = _Held()
            gone.append(weakref.ref(held))
            del held
    gc.collect()
    assert [one() is None for one in gone] == [False, True, True]


@pytest.mark.usefixtures("first_load")
@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_is_left_as_it_was_also_by_a_failure(collecting: bool) -> None:
    if not collecting:
        gc.disable()
    try:
        with pytest.raises(ZeroDivisionError), garbage.uncollected():
            raise ZeroDivisionError
        assert gc.isenabled() is collecting
    finally:
        gc.enable()
