"""Puts models on a stage, where `include.tasks.models` finds them again, and says which code trained them."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import io
import logging
import pickle
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snowflake.snowpark import Session

log = logging.getLogger(__name__)


def put_model(session: Session, estimator: Any, said: Any, stage: str, kind: str = "") -> dict[str, Any]:
    """Put a model's file on a stage, under an id that tells the model.

    The id is a digest of what the model says about the rows that it was trained on, and not of its file, which also
    holds how many cores trained it: the same training gives the same id on any target. What is there under an id stays
    as it is, so that no training changes a model that another run has used; only a file whose end is missing, as its
    upload was broken off, is put anew. What is whole and cannot be loaded here stays: other versions of packages may
    load it.

    Args:
        session: an open session.
        estimator: what joblib can write.
        said: its predictions for the rows that it was trained on, a numpy array.
        stage: the stage's name.
        kind: what the id begins with, such as `linear`.

    Returns:
        `{"model": stage path of the file, "model_id"}`.

    Raises:
        RuntimeError: the file that is there cannot be fetched, and nothing can be said of it.
    """
    digest = hashlib.sha256(said.tobytes()).hexdigest()[:12]
    model_id = f"{kind}-{digest}" if kind else digest
    path = f"@{stage}/models/{model_id}/model.joblib"
    content = _written(estimator)
    if is_staged(session, path):
        log.info("%s is there already, and stays as it is", path)
    elif _put(session, content, path, overwrite=False):
        return {"model": path, "model_id": model_id}
    # It is another training's; of two at once, the first one's stays.
    if not _is_whole(session, path, content):
        log.warning("the end of %s is missing: its upload was broken off, and it is put anew", path)
        _put(session, content, path, overwrite=True)
    return {"model": path, "model_id": model_id}


def is_staged(session: Session, path: str) -> bool:
    """Whether a stage has a file.

    Args:
        session: an open session.
        path: its stage path, `@stage/folder/name`.

    Returns:
        False, too, if there is no such stage.
    """
    from snowflake.snowpark.exceptions import SnowparkSQLException

    # As a text, in which any name may stand. LIST takes it for the beginning of names.
    listed = "'" + path.replace("\\", "\\\\").replace("'", "''") + "'"
    try:
        found = session.sql(f"LIST {listed}").collect()
    except SnowparkSQLException as error:
        if error.sql_error_code == _NOT_THERE:
            return False
        raise
    within = path.partition("/")[2]
    return any(str(row["name"]).endswith(f"/{within}") for row in found)


def code_version(module: str) -> str:
    """Return a digest of the source of a module and of the project's modules that it imports.

    It is the same wherever the code runs: in the project's folder, in an image, or in what is shipped to a procedure.
    A change of these files gives another one, as small as it may be; packages are not in it.

    Args:
        module: its `__name__`.

    Returns:
        12 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for name, source in sorted(_sources(module).items()):
        digest.update(f"{name}\n{source}\n".encode())
    return digest.hexdigest()[:12]


_NOT_THERE = 2003
"""Snowflake's error code for what does not exist, or may not be seen."""


def _written(estimator: Any) -> bytes:
    import joblib

    content = io.BytesIO()
    joblib.dump(estimator, content)
    return content.getvalue()


def _put(session: Session, content: bytes, path: str, *, overwrite: bool) -> bool:
    """Put a file on a stage; whether it was put, and not there already."""
    done = session.file.put_stream(io.BytesIO(content), path, auto_compress=False, overwrite=overwrite)
    return done.status == "UPLOADED"


def _is_whole(session: Session, path: str, content: bytes) -> bool:
    """Whether a file on a stage has its end; `content` is what would be put there."""
    for wait in (0, 2):  # another task may be putting the same file right now
        time.sleep(wait)
        found = _fetched(session, path)
        # An upload that is broken off leaves a part, or zeros up to the whole size. Loading would not tell these from
        # what other versions of packages wrote.
        if found.endswith(pickle.STOP) and not (len(found) < len(content) and content.startswith(found)):
            return True
        log.info("%s: %s bytes without an end", path, len(found))
    return False


def _fetched(session: Session, path: str) -> bytes:
    # `get_stream` fetches to one and the same file in the folder for temporary files, whoever runs.
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        session.file.get(path, folder)
        try:
            return (Path(folder) / path.rpartition("/")[2]).read_bytes()
        except FileNotFoundError:
            raise RuntimeError(
                f"{path} is on its stage, and cannot be fetched; it stays as it is. Train again, or REMOVE the file if"
                " no run needs it."
            ) from None


def _sources(module: str) -> dict[str, str]:
    found: dict[str, str] = {}
    left = [module]
    while left:
        name = left.pop()
        spec = None if name in found else importlib.util.find_spec(name)
        source = getattr(spec.loader, "get_source", lambda name: None)(name) if spec is not None else None
        if source is not None:
            found[name] = "\n".join(source.splitlines())  # a checkout on Windows has other line ends
            left += _imported(source, name.partition(".")[0])
    return found


def _imported(source: str, project: str) -> Iterator[str]:
    """Names of the project's modules that a source imports, at its top or within its functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == project)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == project:
            yield node.module
            package = importlib.util.find_spec(node.module)
            if package is not None and package.submodule_search_locations is not None:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
