"""Functions that import what their packages bring."""

from __future__ import annotations

from typing import Any


def fits(session: Any) -> dict[str, Any]:
    import joblib
    import numpy as np
    import pandas as pd
    import yaml

    return {"model": str((joblib, np, pd, yaml))}


def scores(batch: Any) -> Any:
    import pandas as pd

    return pd.Series(batch)
