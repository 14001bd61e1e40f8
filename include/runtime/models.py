"""Loads a model file. Runs in pods and inside Snowflake."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any


def load_model(path: Path) -> Any:
    """Load a model by the ending of its file.

    Args:
        path: `.joblib` (joblib), `.pkl` or `.pickle` (pickle), or anything else.

    Returns:
        The model, or the path itself for any other ending: the function then reads the file as it likes.

    Raises:
        OSError: there is no such file.
    """
    if path.suffix == ".joblib":
        import joblib

        return joblib.load(path)
    if path.suffix in (".pkl", ".pickle"):
        return pickle.loads(path.read_bytes())
    return path
