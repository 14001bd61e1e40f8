"""A model is loaded by the ending of its file."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from include.runtime.models import load_model


@pytest.mark.parametrize("name", ["model.pkl", "model.pickle"])
def test_a_pickle_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(pickle.dumps({"slope": 2}))
    assert load_model(tmp_path / name) == {"slope": 2}


def test_joblib_reads_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Airflow's interpreter has no joblib; that of the tasks has, and the tests of pipelines load models with it.
    monkeypatch.setitem(sys.modules, "joblib", SimpleNamespace(load=lambda path: f"loaded {path.name}"))
    assert load_model(tmp_path / "model.joblib") == "loaded model.joblib"


def test_any_other_file_is_the_functions_own_to_read(tmp_path: Path) -> None:
    assert load_model(tmp_path / "model.json") == tmp_path / "model.json"
