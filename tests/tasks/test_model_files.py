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
import io
import numpy
from include.tasks.model_files import put_model

session.sql("CREATE OR REPLACE STAGE KEPT").collect()
said = numpy.array([1.5, 2.5])

def put(model, kind=""):
    kept = put_model(session, model, said, "KEPT", kind)
    content = session.file.get_stream(kept["model"]).read()
    return [kept["model_id"], len(content), b"first" in content, b"second" in content]

found = [put(["first"]), put(["second"])]
path = f"@KEPT/models/{found[0][0]}/model.joblib"
session.file.put_stream(io.BytesIO(bytes(found[0][1])), path, auto_compress=False, overwrite=True)
print(json.dumps([*found, put(["second"]), put(["first"], "linear")]))
"""


@pytest.mark.usefixtures("snowflake")
def test_what_is_there_under_an_id_stays_and_only_what_is_broken_is_put_anew(laptop: Laptop) -> None:
    first, again, mended, named = in_snowpark(laptop, PUT)
    assert first[2:] == [True, False]
    assert again == first
    assert mended[0] == first[0]
    assert mended[2:] == [False, True]  # in place of zeros, as an upload that was broken off leaves them
    assert named[0] == f"linear-{first[0]}"


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
