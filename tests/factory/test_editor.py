"""The schema in an editor: the real yaml-language-server, over LSP, on a file with the modeline that pipelines have."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.factory.conftest import HERE

ROOT = HERE.parents[1]
SERVER = ROOT / ".local" / "yaml-language-server"
FIRST = "pipeline: sample\ntasks:\n  first:\n"
MODELINE = f"# yaml-language-server: $schema={(ROOT / 'schemas' / 'pipeline.schema.json').as_uri()}\n"


class Editor:
    """The part of an editor that talks to a language server (Language Server Protocol 3.17)."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._numbers = count(1)
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.request("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self.notify("initialized", {})
        settings = {
            "yaml": {
                "validate": True,
                "hover": True,
                "completion": True,
                "schemaStore": {"enable": False},
                "yamlVersion": "1.2",
            }
        }
        self.notify("workspace/didChangeConfiguration", {"settings": settings})

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self._numbers)
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    def open(self, name: str, text: str) -> str:
        """Open a new file that has the modeline before the text; lines of the text count from 1."""
        uri = (self._folder / f"{next(self._numbers)}_{name}").as_uri()
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": MODELINE + text}},
        )
        return uri

    def complete(self, name: str, text: str) -> set[str]:
        """What is offered at the `|` in the text."""
        place = _place(text)
        uri = self.open(name, text.replace("|", ""))
        answer = self.request("textDocument/completion", {"textDocument": {"uri": uri}, "position": place})
        return {item["label"] for item in (answer["items"] if isinstance(answer, dict) else answer)}

    def hover(self, name: str, text: str) -> str:
        """What is shown over the `|` in the text."""
        place = _place(text)
        uri = self.open(name, text.replace("|", ""))
        answer = self.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": place})
        # Markdown: what could be formatting is escaped.
        return str(answer["contents"]["value"]).replace("\\", "").replace("&nbsp;", " ")

    def marks(self, name: str, text: str) -> list[tuple[int, str]]:
        """The lines that are marked, and why."""
        uri = self.open(name, text)
        while uri not in self._diagnostics:
            self._receive()
        return [(mark["range"]["start"]["line"], mark["message"]) for mark in self._diagnostics[uri]]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert length, "the language server ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:  # a question to the editor, such as for its settings
            items = message["params"].get("items", []) if isinstance(message.get("params"), dict) else []
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": [{} for _ in items] or None})
        return message


def _place(text: str) -> dict[str, int]:
    before = text[: text.index("|")]
    return {"line": before.count("\n") + 1, "character": len(before) - (before.rfind("\n") + 1)}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    _install()
    program = SERVER / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    with subprocess.Popen(["node", str(program), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield Editor(process, tmp_path_factory.mktemp("editor"))
        finally:
            process.kill()


def _install() -> None:
    """Install the pinned language server, unless it is there."""
    wanted = (HERE / "editor" / "package-lock.json").read_text()
    installed = SERVER / "package-lock.json"
    if not (installed.is_file() and installed.read_text() == wanted and (SERVER / "node_modules").is_dir()):
        SERVER.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "editor" / name, SERVER)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=SERVER, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("text", "offered", "not_offered"),
    [
        ("pipeline: sample\n|\n", {"description", "dag", "params", "tasks", "variants"}, {"sql", "retries"}),
        ("pipeline: sample\ndag:\n  |\n", {"schedule", "start_date", "catchup", "tags"}, {"tasks", "sql"}),
        (f"{FIRST}    |\n", {"sql", "python_callable", "dependencies", "target", "operator"}, {"variants"}),
        (f"{FIRST}    kubernetes:\n      |\n", {"image", "resources", "tolerations"}, {"sql", "run_as"}),
        ("pipeline: sample\nvariants:\n  here:\n    target: |\n", {"snowpark", "kubernetes"}, {"sql"}),
        (f"{FIRST}    sql: select 1\n    trigger_rule: |\n", {"all_success", "one_failed"}, {"snowpark"}),
    ],
    ids=["top", "dag", "task", "kubernetes", "target", "trigger_rule"],
)  # fmt: skip
def test_completion_offers_what_belongs_there(
    editor: Editor, text: str, offered: set[str], not_offered: set[str]
) -> None:
    labels = editor.complete("completion.yaml", text)

    assert offered <= labels
    assert not labels & not_offered


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pipeline: sample\nda|g:\n  catchup: true\n", "DAG arguments, named as Airflow and dag-factory name them."),
        (
            "pipeline: sample\ntasks:\n  first:\n    python_cal|lable: a.b\n",
            "A function `f(session, …) -> JSON`, by import path",
        ),
        (
            "pipeline: sample\ntasks:\n  first:\n    sql: select 1\n    retry_de|lay: 5m\n",
            "How long to wait before the next try.",
        ),
    ],
)
def test_hover_shows_the_description(editor: Editor, text: str, says: str) -> None:
    assert says in editor.hover("hover.yaml", text)


def test_a_typo_is_marked_on_its_line(editor: Editor) -> None:
    marks = editor.marks("typo.yaml", "pipeline: sample\ntasks:\n  first:\n    sql: select 1\n    dependancies: []\n")

    assert [line for line, _ in marks] == [5]
    assert "dependancies" in marks[0][1]


def test_the_pipeline_of_the_project_has_no_marks(editor: Editor) -> None:
    text = (ROOT / "configs" / "taxi_trip_duration.yaml").read_text()

    assert editor.marks("taxi.yaml", text.split("\n", 1)[1]) == []
