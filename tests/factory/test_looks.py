"""What a check looks at is noted: else a cache would go on believing what it once found."""

import ast
from pathlib import Path

import pytest

from include.constants import ROOT
from include.factory import looks
from include.factory.python.sources import Sources

FACTORY = ROOT / "include/factory"
WAYS_TO_LOOK = {
    *("environ", "exists", "find_spec", "getenv", "glob", "is_dir", "is_file", "isdir", "isfile", "iterdir"),
    *("listdir", "open", "read_bytes", "read_text", "rglob", "scandir", "stat", "beside"),
}
BY_THEMSELVES = {
    "looks.py": "the notes",
    "cache/": "looks whether all is as it was noted",
    "commands/": "for people, who have no cache",
    "register.py": "the files of pipelines, which are in the key",
    "handover.py": "Airflow's side",
    "loaders.py": "Airflow's side",
    "part.py": "Airflow's side",
    "pages/code_tab.py": "Airflow's side",
    "builder.py": "Airflow's side",
    "project.py": "finds the files of pipelines, which are in the key",
    "other_files.py": "checks across files, which are not cached",
    "across_files.py": "checks across files, which are not cached",
    "document/reading.py": "the file itself, which is in the key",
    "document/schema.py": "the schema, which is in the key",
    "check.py": "the layers, which are in the key",
}
OF_MISTAKES = {
    "references.py": {"isdir", "rglob"},
    "code/template_files.py": {"rglob"},
    "code/operator_classes.py": {"beside"},
    "python/modules.py": {"beside", "is_dir", "glob", "iterdir", "isfile", "read_bytes"},
    "python/sources.py": {"isdir"},  # the search path is in the key
    "sql.py": {"is_file"},  # its own, which looks at a text
    "kubernetes/models.py": {"find_spec"},  # noted in the line of it
}
"""Looks for words of mistakes, which are never cached; or noted right there."""


@pytest.mark.parametrize("path", sorted(FACTORY.rglob("*.py")), ids=lambda path: path.relative_to(FACTORY).as_posix())
def test_checks_look_at_nothing_by_themselves(path):
    name = path.relative_to(FACTORY).as_posix()
    if any(name.startswith(one) for one in BY_THEMSELVES):
        return
    tree = ast.parse(path.read_text())
    imported = {alias.name for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) for alias in one.names}
    used = {
        one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
        for one in ast.walk(tree)
        if isinstance(one, ast.Call)
    }
    used |= {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute) and one.attr in ("environ",)}
    ours = {
        alias.name
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and one.module in ("include.factory.looks", "include.factory.sql")
        for alias in one.names
    }
    through = {
        one.func.attr
        for one in ast.walk(tree)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and ast.unparse(one.func.value) == "looks"
    }
    found = ((used | imported) & WAYS_TO_LOOK) - ours - through - OF_MISTAKES.get(name, set())
    assert not found, f"{name} looks at something unseen: call include.factory.looks instead"


def test_what_is_known_already_is_noted_again(tmp_path):
    (tmp_path / "one.py").write_text("def work(): ...\n")
    sources = Sources([tmp_path])
    with looks.noted() as first:
        sources.find("one.work")
    with looks.noted() as second:
        sources.find("one.work")
    assert first == second
    assert ("module", "one") in first


def test_a_class_is_noted_with_all_that_it_inherits_from(tmp_path):
    (tmp_path / "one.py").write_text("from two import Base\nclass Work(Base): ...\n")
    (tmp_path / "two.py").write_text("class Base:\n    def __init__(self, given): ...\n")
    sources = Sources([tmp_path])
    for _ in range(2):
        with looks.noted() as found:
            sources.signature(sources.find("one.Work"))
        assert {name for kind, name in found if kind == "module"} >= {"one", "two"}


def test_what_is_not_there_is_noted(tmp_path):
    with looks.noted() as found:
        Sources([tmp_path]).find("one.work")
        assert not looks.is_file(tmp_path / "a.sql")
        assert not looks.is_folder(tmp_path / "folder")
        assert not looks.is_importable("no_such_module_of_ours")
        assert looks.Variables({}).get("NOT_SET") is None
    assert set(found.values()) == {looks.ABSENT}
    assert {kind for kind, _ in found} == {"module", "package", "file", "folder", "importable", "variable"}


def test_what_changes_between_two_looks_is_never_found_again(tmp_path):
    file = tmp_path / "a.sql"
    with looks.noted() as found:
        file.write_text("SELECT 1")
        looks.read_text(file)
        file.write_text("SELECT 2")
        looks.read_text(file)
    assert found == {("file", str(file)): looks.CHANGED}


@pytest.mark.parametrize("name", ["a\0b.sql", "x" * 5000 + ".sql"])
def test_a_name_that_no_file_can_have(tmp_path, name):
    with looks.noted() as found:
        assert not looks.is_file(tmp_path / name)
        with pytest.raises((OSError, ValueError)):
            looks.read_file(tmp_path / name)
    assert set(found.values()) == {looks.ABSENT}


def test_ends_of_lines_are_plain(tmp_path):
    file = Path(tmp_path / "a.sql")
    file.write_bytes(b"\xef\xbb\xbfSELECT 1\r\nFROM A\rWHERE B\n")
    assert looks.read_text(file, "utf-8-sig") == "SELECT 1\nFROM A\nWHERE B\n" == file.read_text(encoding="utf-8-sig")
