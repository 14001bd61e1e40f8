"""A model of the kind that the taxi pipeline has, and its predictions."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    from snowflake.snowpark import Session

TRAINED_ON = 20_000


def make_model(session: Session, table: str, stage: str) -> str:
    """Trains boosted trees (100 iterations) on the first rows and puts them on a stage; gives the stage path."""
    import joblib
    from sklearn.ensemble import HistGradientBoostingRegressor

    rows = session.table(table).limit(TRAINED_ON).to_pandas().astype("float64")
    model = HistGradientBoostingRegressor(random_state=0).fit(
        rows[["A", "B", "C", "D", "E"]], rows["A"] * rows["C"] + rows["D"]
    )
    content = io.BytesIO()
    joblib.dump(model, content)
    content.seek(0)
    session.sql(f"CREATE STAGE IF NOT EXISTS {stage}").collect()
    path = f"@{stage}/model.joblib"
    session.file.put_stream(content, path, auto_compress=False, overwrite=True)
    return path


def predict(batch: pandas.DataFrame, model: Any) -> Any:
    """One float a row."""
    return model.predict(batch.astype("float64"))
