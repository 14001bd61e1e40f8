"""Entries that are wrong, torn, foreign or hostile are never believed, and break nothing."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import resource
import shutil
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.factory.cache import entry as entries_of
from include.factory.cache.folder import MAX_BYTES
from include.factory.cache.pipelines import Pipelines
from include.factory.cache.seal import Seal
from include.factory.project import Project
from tests.factory.cache.conftest import KEY, PIPELINE, entries, load, plain

EVIL = "import_of.somebodys.Evil"


def _sealed(secret: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    """Opens an entry as only who has the key can, changes it, and seals it by a secret."""

    def make(path: Path) -> None:
        opened = Seal(KEY.encode()).open(path.name, path.read_bytes())
        assert opened is not None
        changed = change(json.loads(opened))
        content = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
        path.write_bytes(Seal(secret.encode()).close(path.name, content))

    return make


def _with_evil(values: dict[str, Any]) -> dict[str, Any]:
    for config in (values.get("configs") or {}).values():
        for task in config["tasks"].values():
            task["operator"] = EVIL
    return values


def _with_a_checksum(path: Path) -> None:
    """Right JSON, another operator, and a checksum that needs no key."""
    opened = Seal(KEY.encode()).open(path.name, path.read_bytes())
    assert opened is not None
    content = json.dumps(_with_evil(json.loads(opened))).encode()
    path.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def _replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        kept = path.with_name(f"{path.name}.kept")
        path.rename(kept)
        make(path)

    return change


def _swapped(path: Path) -> None:
    others = [one for one in path.parent.iterdir() if one != path]
    shutil.copy(others[0], path)


def _bound(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path.name)
    os.chdir(here)


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _to_a_link(path: Path) -> None:
    path.symlink_to(path.with_name(f"{path.name}.kept"))


TORN: dict[str, Callable[[Path], Any]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut at the nonce": lambda path: path.write_bytes(path.read_bytes()[:5]),
    "cut in the middle": lambda path: path.write_bytes(path.read_bytes()[:200]),
    "cut at the end": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "half of JSON": lambda path: path.write_bytes(b'{"key": "'),
    "one bit": _flipped,
    "huge": lambda path: os.truncate(path, MAX_BYTES + 1),
    "very huge": lambda path: os.truncate(path, 1 << 40),
}
WRONG: dict[str, Callable[[Path], Any]] = {
    "another key": _sealed("another", _with_evil),
    "an unkeyed checksum": _with_a_checksum,
    "plain JSON": lambda path: path.write_text(json.dumps({"configs": {"sample": {"tasks": {}}}})),
    "another file's": _swapped,
    "nested deep": lambda path: path.write_bytes(b"[" * 100_000),
    "a giant number": lambda path: path.write_bytes(b"9" * 100_000),
    "right key, nested deep": _sealed(KEY, lambda _: b"[" * 100_000),
    "right key, a giant number": _sealed(KEY, lambda _: b"9" * 100_000),
    "right key, no mapping": _sealed(KEY, lambda _: []),
    "right key, nothing": _sealed(KEY, lambda _: None),
    "right key, empty": _sealed(KEY, lambda _: {}),
    "right key, not text": _sealed(KEY, lambda _: b"\xff\xfe"),
    "right key, no key": _sealed(KEY, lambda values: {**_with_evil(values), "key": ""}),
    "right key, looks of nothing": _sealed(KEY, lambda values: {**_with_evil(values), "looks": "[]"}),
    "right key, odd looks": _sealed(KEY, lambda values: {**_with_evil(values), "looks": "[1, [2, 3, 4]]"}),
    "right key, no pages": _sealed(KEY, lambda values: {**values, "pages": 1, "loaders": "many"}),
    "right key, no facts": _sealed(KEY, lambda values: {k: v for k, v in values.items() if k in ("key", "looks")}),
}
FOREIGN: dict[str, Callable[[Path], Any]] = {
    "readable by its group": lambda path: path.chmod(0o640),
    "writable by its group": lambda path: path.chmod(0o620),
    "readable by all": lambda path: path.chmod(0o604),
    "writable by all": lambda path: path.chmod(0o666),
    "a link": _replaced(_to_a_link),
    "a link to nothing": _replaced(lambda path: path.symlink_to("nothing")),
    "a link to itself": _replaced(lambda path: path.symlink_to(path)),
    "a link to what never ends": _replaced(lambda path: path.symlink_to("/dev/zero")),
    "a pipe": _replaced(os.mkfifo),
    "a socket": _replaced(_bound),
}


@pytest.fixture
def two(kept: Project) -> Project:
    (kept.configs / "other.yaml").write_text(PIPELINE.replace("sample\ndag", "other\ndag").replace("@daily", "@hourly"))
    return kept


@pytest.mark.parametrize("make", [*TORN.values(), *WRONG.values(), *FOREIGN.values()], ids=[*TORN, *WRONG, *FOREIGN])
def test_it_is_not_believed_and_is_replaced(two: Project, place: Path, make: Callable[[Path], Any]) -> None:
    load(two)
    assert len(entries(place)) == 3
    for path in entries(place):
        make(path)

    found, was_kept = load(two)

    assert not was_kept
    assert EVIL not in repr(found)
    assert found == plain(two)
    assert load(two)[1]


def test_a_folder_in_its_place_breaks_nothing(kept: Project, place: Path) -> None:
    load(kept)
    for path in entries(place):
        path.unlink()
        path.mkdir()
        (path / "inside").write_text("x")
    for _ in range(2):
        assert load(kept) == (plain(kept), False)
    assert all((path / "inside").exists() for path in entries(place) if path.is_dir())


def test_what_somebody_else_owns_is_not_believed(
    kept: Project, place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    load(kept)
    if os.geteuid() == 0:
        for path in entries(place):
            os.chown(path, 12345, 12345)
        assert not load(kept)[1]
        assert load(kept)[1]
        os.chown(entries(place)[0].parent, 12345, 12345)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert load(kept) == (plain(kept), False)
    assert "must be a folder of this user" in caplog.text


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o750, 0o1777], ids=oct)
def test_a_folder_that_others_have_a_way_into_is_not_used(kept: Project, place: Path, mode: int) -> None:
    load(kept)
    entries(place)[0].parent.chmod(mode)
    before = {path: path.stat().st_mtime_ns for path in entries(place)}
    assert load(kept) == (plain(kept), False)
    assert {path: path.stat().st_mtime_ns for path in entries(place)} == before


def test_a_link_in_place_of_the_folder_is_not_followed(kept: Project, place: Path, tmp_path: Path) -> None:
    load(kept)
    (folder,) = place.iterdir()
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert load(kept) == (plain(kept), False)


def test_a_link_in_place_of_an_unfinished_file_is_not_followed(kept: Project, place: Path, tmp_path: Path) -> None:
    load(kept)
    victim = tmp_path / "victim"
    victim.write_text("as it was")
    for path in entries(place):
        path.with_name(f".{path.name}.{os.getpid()}").symlink_to(victim)
        path.unlink()
    load(kept)
    assert victim.read_text() == "as it was"


@pytest.mark.parametrize("where", ["file/cache", "file", "/proc/nothing/cache", "x" * 5000, "a\0b"])
def test_a_place_that_cannot_be_is_not_used(kept: Project, tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("x")
    project = Project(kept.root, {"SNOWPOD_CACHE": str(tmp_path / where)})
    for _ in range(2):
        assert load(project) == (plain(project), False)


@pytest.mark.parametrize("off", ["off", "", "OFF", " "])
def test_it_can_be_turned_off(kept: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    project = Project(kept.root, {"SNOWPOD_CACHE": off})
    assert [load(project)[1] for _ in range(2)] == [False, False]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("key", ["", ","])
def test_without_airflows_key_nothing_is_kept(
    kept: Project, place: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", key)
    assert [load(kept)[1] for _ in range(2)] == [False, False]
    assert not place.exists()


def test_a_new_key_makes_all_anew(kept: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    load(kept)
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", f"new,{KEY}")
    assert not load(kept)[1]
    assert load(kept)[1]


def test_what_the_environment_gives_is_in_no_file(kept: Project, place: Path) -> None:
    before = os.umask(0)
    try:
        text = PIPELINE.replace("op_kwargs: {table: T}", 'op_kwargs: {table: "${NAME}"}')
        (kept.configs / "sample.yaml").write_text(text)
        project = Project(kept.root, {**kept.variables, "NAME": "of-no-concern-to-others"})
        found, _ = load(project)
    finally:
        os.umask(before)
    assert "of-no-concern-to-others" in repr(found)
    assert load(project) == (found, True)
    for path in entries(place):
        assert b"of-no-concern" not in path.read_bytes()
        assert b"sample" not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_disk_that_is_full_breaks_nothing(kept: Project, place: Path) -> None:
    """As far as a process can see it: no file may have more than a few bytes."""

    def loads(found: Any) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        found.value = load(kept)[0] == expected

    expected = plain(kept)
    context = multiprocessing.get_context("fork")
    found = context.Value("b", False)
    process = context.Process(target=loads, args=(found,))
    process.start()
    process.join(60)
    assert (found.value, process.exitcode) == (1, 0)
    assert entries(place) == []


def test_processes_that_write_at_once_leave_whole_entries(two: Project, place: Path) -> None:
    def loads(results: Any) -> None:
        for _ in range(5):
            results.put(load(two)[0] == expected)
            for path in entries(place)[:1]:
                path.unlink(missing_ok=True)

    expected = plain(two)
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    processes = [context.Process(target=loads, args=(results,)) for _ in range(2)]
    for process in processes:
        process.start()
    found = [results.get(timeout=60) for _ in range(10)]
    for process in processes:
        process.join(60)
    load(two)
    assert found == [True] * 10
    assert load(two) == (expected, True)
    assert len(entries(place)) == 3


def test_entries_of_files_that_are_gone_go_too(two: Project, place: Path) -> None:
    load(two)
    (folder,) = place.iterdir()
    (folder / "of somebody").write_text("x")
    old, new = (folder / f".{'0' * 64}.{number}" for number in (1, 2))
    old.write_text("x")
    new.write_text("x")
    os.utime(old, (0, 0))
    (two.configs / "other.yaml").unlink()
    load(two)
    assert len(entries(place)) == 4
    assert (folder / "of somebody").exists()
    assert new.exists()
    assert not old.exists()


def test_what_is_kept_of_projects_that_are_gone_goes_when_another_comes(
    two: Project, place: Path, tmp_path: Path
) -> None:
    """With git-sync each commit is a project of its own."""
    load(two)
    (old,) = place.iterdir()
    lately, foreign, mine = place / ("1" * 16), place / ("2" * 16), place / "mine"
    for folder in (lately, foreign, mine):
        folder.mkdir(mode=0o700)
    foreign.chmod(0o755)
    (place / ("3" * 16)).symlink_to(mine)
    (mine / ("0" * 64)).write_text("x")
    for folder in (old, foreign, mine):
        os.utime(folder, (0, 0))
    os.utime(place / ("3" * 16), (0, 0), follow_symlinks=False)

    load(two)
    assert old.exists()  # none came

    shutil.copytree(two.root, tmp_path / "commit")
    load(Project(tmp_path / "commit", two.variables))
    assert not old.exists()
    assert lately.exists()
    assert foreign.exists()
    assert (mine / ("0" * 64)).exists()


@pytest.mark.parametrize(
    "value", [(1, 2), {1: 2}, {"a": {3}}, object(), {"a": (1,)}, 10**5000], ids=lambda value: type(value).__name__
)
def test_what_json_would_not_give_back_is_not_kept(kept: Project, place: Path, value: Any) -> None:
    pipelines = Pipelines(kept)
    checked = pipelines.pipeline(kept.configs / "sample.yaml")
    changed = {**checked.configs, "sample": {**checked.configs["sample"], "odd": value}}
    written = entries_of.written(type(checked)(**{**vars(checked), "configs": changed}))
    assert written is None or entries_of.as_json(written) is None


def test_files_with_mistakes_are_checked_each_time(kept: Project, place: Path) -> None:
    (kept.configs / "sample.yaml").write_text(PIPELINE.replace("dependencies", "dependecies"))
    for _ in range(2):
        assert load(kept) == (plain(kept), False)
    assert len(entries(place)) == 1  # that of the layers
