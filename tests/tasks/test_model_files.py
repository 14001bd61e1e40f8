"""Files of models on a stage, and which code made them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from include.runtime.shipping import _archive
from include.tasks.model_files import code_version
from tests.laptop import Laptop
from tests.tasks.conftest import in_snowpark

PUT = """
import io, os, tempfile
import numpy
from include.tasks.model_files import put_model

session.sql("CREATE OR REPLACE STAGE KEPT").collect()
os.mkdir(os.path.join(tempfile.gettempdir(), "model.joblib"))  # another's: no fixed name in there can be used

def put(model, kind=""):
    kept = put_model(session, model, numpy.array([1.5, 2.5]), "KEPT", kind)
    with tempfile.TemporaryDirectory() as folder:
        session.file.get(kept["model"], folder)
        with open(os.path.join(folder, "model.joblib"), "rb") as file:
            return kept, file.read()

def put_over(content, model):
    session.file.put_stream(io.BytesIO(content), kept["model"], auto_compress=False, overwrite=True)
    return put(model)[1]

kept, first = put(["fir.st"])
again, stays = put(["second"])
until = first.index(b".") + 1
parts = {"zeros": bytes(len(first)), "empty": b"", "cut": first[:-1], "cut at what ends a whole one": first[:until]}
others = [f"cno_such_package{'_of_a_long_name' * times}\\nModel\\n.".encode() for times in (0, 9)]
print(json.dumps({
    "ids": [kept["model_id"], again["model_id"], put(["fir.st"], "linear")[0]["model_id"]],
    "stays": stays == first,
    "mended": {what: put_over(part, ["fir.st"]) == first for what, part in parts.items()},
    "not loaded here": [put_over(content, ["second"]) == content for content in others],
}))
"""


@pytest.mark.usefixtures("snowflake")
def test_what_is_there_under_an_id_stays_and_only_what_is_broken_is_put_anew(laptop: Laptop, tmp_path: Path) -> None:
    found = in_snowpark(laptop, PUT, TMPDIR=str(tmp_path))
    model_id, again, named = found["ids"]
    assert (again, named) == (model_id, f"linear-{model_id}")
    assert found["stays"] is True
    # As an upload that was broken off leaves it.
    assert found["mended"] == {"zeros": True, "empty": True, "cut": True, "cut at what ends a whole one": True}
    assert found["not loaded here"] == [True, True]


class TestCodeVersion:
    @pytest.fixture
    def project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for name, source in {
            "__init__": "",
            "training": "from made_up.shared import WORD\nimport json\n",
            "shared": "def later():\n    from made_up import deep\nWORD = 1\n",
            "deep": "import made_up.training\n",
            "other": "",
        }.items():
            (tmp_path / "made_up").mkdir(exist_ok=True)
            (tmp_path / "made_up" / f"{name}.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        sys.modules.pop("made_up", None)  # another test's
        return tmp_path / "made_up"

    @pytest.mark.parametrize("name", ["training", "shared", "deep"])
    def test_it_changes_with_the_module_and_with_what_that_imports(self, project: Path, name: str) -> None:
        before = code_version("made_up.training")
        with (project / f"{name}.py").open("a") as file:
            file.write("# another word\n")
        assert code_version("made_up.training") != before

    def test_it_does_not_change_with_other_modules_or_line_ends(self, project: Path) -> None:
        before = code_version("made_up.training")
        (project / "other.py").write_text("# another word\n")
        (project / "shared.py").write_bytes((project / "shared.py").read_bytes().replace(b"\n", b"\r\n"))
        assert code_version("made_up.training") == before

    @pytest.mark.parametrize("module", ["include.tasks.taxi", "include.tasks.flight_delay"])
    def test_it_is_the_same_in_what_is_shipped_to_procedures(self, module: str, tmp_path: Path) -> None:
        (tmp_path / "include.zip").write_bytes(_archive())
        code = f"from include.tasks.model_files import code_version; print(code_version({module!r}))"
        done: Any = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={"PYTHONPATH": str(tmp_path / "include.zip")},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == code_version(module)
