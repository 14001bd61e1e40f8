"""What a user of snowflake-ml-python does, run in an interpreter that has it: `ml_checks.py CONNECTIONS [check …]`.

Each value is compared with that of scikit-learn or pandas over the same rows. One line per check, as in
connector_checks.py.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import snowflake.connector
from sklearn import impute, linear_model, preprocessing
from sklearn import metrics as measures
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from snowflake.ml.modeling import metrics
from snowflake.ml.modeling.impute import SimpleImputer
from snowflake.ml.modeling.linear_model import LinearRegression, LogisticRegression
from snowflake.ml.modeling.pipeline import Pipeline
from snowflake.ml.modeling.preprocessing import (
    KBinsDiscretizer,
    LabelEncoder,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from snowflake.snowpark import DataFrame, Session
from snowflake.snowpark import functions as F

SCHEMA = "ML_CHECKS"
ROWS = 200
NUMBERS = ["X1", "X2"]


def _rows() -> pd.DataFrame:
    random = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "ID": np.arange(ROWS),
            "X1": random.normal(3, 2, ROWS).round(3),
            "X2": random.integers(0, 50, ROWS),
            "COLOUR": random.choice(["red", "green", "light blue"], ROWS),
            "SIZE": random.choice(["S", "M", "L"], ROWS),
        }
    )
    rows["Y"] = (2 * rows.X1 - 0.5 * rows.X2 + (rows.COLOUR == "green") * 3).round(4)
    rows["HIGH"] = rows.Y.gt(rows.Y.median()).astype(int)
    rows["GAPS"] = rows.X1.where(rows.ID % 7 != 0)
    rows["GUESS"] = (rows.Y * 0.9 + 1).round(4)
    rows["GUESSED"] = (rows.X1 > 3).astype(int)
    rows["SCORE"] = (rows.X1 / 20 + 0.5).round(6)
    return rows


LOCAL = _rows()


def _values(frame: DataFrame, *columns: str) -> Any:
    return frame.sort("ID").to_pandas()[list(columns)].to_numpy(float)


def _equal(got: Any, wanted: Any) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(wanted, float), rtol=1e-9, atol=1e-9)


def _raises(words: str, action: Callable[[], Any]) -> None:
    try:
        action()
    except Exception as error:
        if words not in str(error):
            raise
        return
    raise AssertionError(f"no error: {words}")


def scalers(table: DataFrame) -> None:
    for own, theirs in (
        (StandardScaler(), preprocessing.StandardScaler()),
        (MinMaxScaler(feature_range=(-1, 1)), preprocessing.MinMaxScaler(feature_range=(-1, 1))),
        (MaxAbsScaler(), preprocessing.MaxAbsScaler()),
        (RobustScaler(), preprocessing.RobustScaler()),
        (Normalizer(), preprocessing.Normalizer()),
        (KBinsDiscretizer(n_bins=4, encode="ordinal"), preprocessing.KBinsDiscretizer(n_bins=4, encode="ordinal")),
    ):
        fitted = own.set_input_cols(NUMBERS).set_output_cols(["O1", "O2"]).fit(table)
        wanted = theirs.fit_transform(LOCAL[NUMBERS])
        _equal(_values(fitted.transform(table), "O1", "O2"), wanted)
        _equal(fitted.transform(LOCAL)[["O1", "O2"]], wanted)


def missing_values(table: DataFrame) -> None:
    scaled = StandardScaler(input_cols=["GAPS"], output_cols=["O"]).fit(table).transform(table)
    _equal(_values(scaled, "O"), preprocessing.StandardScaler().fit_transform(LOCAL[["GAPS"]]))
    for strategy in ("mean", "median"):
        filled = SimpleImputer(input_cols=["GAPS"], output_cols=["O"], strategy=strategy).fit(table).transform(table)
        _equal(_values(filled, "O"), impute.SimpleImputer(strategy=strategy).fit_transform(LOCAL[["GAPS"]]))


def encoders(table: DataFrame) -> None:
    words = ["COLOUR", "SIZE"]
    ordered = {"COLOUR": np.array(["red", "green", "light blue"]), "SIZE": np.array(["S", "M", "L"])}
    encoded = OrdinalEncoder(input_cols=words, output_cols=["O1", "O2"], categories=ordered).fit(table).transform(table)
    _equal(
        _values(encoded, "O1", "O2"),
        preprocessing.OrdinalEncoder(categories=[ordered[name] for name in words]).fit_transform(LOCAL[words]),
    )
    spread = OneHotEncoder(input_cols=words, output_cols=["O1", "O2"]).fit(table).transform(table)
    names = ['"O1_green"', '"O1_light blue"', '"O1_red"', "O2_L", "O2_M", "O2_S"]
    assert spread.columns[:6] == names, spread.columns
    _equal(
        _values(spread, *(name.strip('"') for name in names)),
        preprocessing.OneHotEncoder(sparse_output=False).fit_transform(LOCAL[words]),
    )
    labels = LabelEncoder(input_cols="COLOUR", output_cols="O").fit(table).transform(table)
    _equal(_values(labels, "O")[:, 0], preprocessing.LabelEncoder().fit_transform(LOCAL["COLOUR"]))


def unknown_categories(table: DataFrame) -> None:
    known = table.filter(F.col("COLOUR") != "green")
    lenient = OrdinalEncoder(
        input_cols=["COLOUR"], output_cols=["O"], handle_unknown="use_encoded_value", unknown_value=-1
    ).fit(known)
    assert (_values(lenient.transform(table), "O")[:, 0] == -1).sum() == (LOCAL.COLOUR == "green").sum()
    strict = OrdinalEncoder(input_cols=["COLOUR"], output_cols=["O"]).fit(known)
    _raises("Found unknown categories during transform", lambda: strict.transform(table))


def names_in_quotes(table: DataFrame) -> None:
    renamed = table.select("ID", F.col("X1").alias('"carat size"'), F.col("COLOUR").alias('"cut"'))
    scaled = StandardScaler(input_cols=['"carat size"'], output_cols=['"scaled size"']).fit(renamed).transform(renamed)
    _equal(_values(scaled, "scaled size"), preprocessing.StandardScaler().fit_transform(LOCAL[["X1"]]))
    spread = (
        OneHotEncoder(input_cols=['"cut"'], output_cols=["CUT"], drop_input_cols=True).fit(renamed).transform(renamed)
    )
    assert spread.columns == ['"CUT_green"', '"CUT_light blue"', '"CUT_red"', "ID", '"carat size"'], spread.columns


def regression_metrics(table: DataFrame) -> None:
    for name in ("mean_absolute_error", "mean_squared_error", "mean_absolute_percentage_error"):
        got = getattr(metrics, name)(df=table, y_true_col_names="Y", y_pred_col_names="GUESS")
        _equal(got, getattr(measures, name)(LOCAL.Y, LOCAL.GUESS))
    _equal(
        metrics.r2_score(df=table, y_true_col_name="Y", y_pred_col_name="GUESS"),
        measures.r2_score(LOCAL.Y, LOCAL.GUESS),
    )
    _equal(metrics.correlation(df=table, columns=["X1", "X2", "Y"]), LOCAL[["X1", "X2", "Y"]].corr())
    _equal(metrics.covariance(df=table, columns=["X1", "X2", "Y"]), LOCAL[["X1", "X2", "Y"]].cov())


def classification_metrics(table: DataFrame) -> None:
    for name in ("accuracy_score", "precision_score", "f1_score"):
        got = getattr(metrics, name)(df=table, y_true_col_names="HIGH", y_pred_col_names="GUESSED")
        _equal(got, getattr(measures, name)(LOCAL.HIGH, LOCAL.GUESSED))
    _equal(
        metrics.confusion_matrix(df=table, y_true_col_name="HIGH", y_pred_col_name="GUESSED"),
        measures.confusion_matrix(LOCAL.HIGH, LOCAL.GUESSED),
    )
    _equal(
        metrics.roc_auc_score(df=table, y_true_col_names="HIGH", y_score_col_names="SCORE"),
        measures.roc_auc_score(LOCAL.HIGH, LOCAL.SCORE),
    )


def pipeline_with_a_model(table: DataFrame) -> None:
    steps = [
        ("ENCODE", OrdinalEncoder(input_cols=["COLOUR"], output_cols=["CODE"])),
        ("SCALE", MinMaxScaler(clip=True, input_cols=NUMBERS, output_cols=["S1", "S2"])),
        ("MODEL", LinearRegression(input_cols=["CODE", "S1", "S2"], label_cols=["Y"], output_cols=["PREDICTED"])),
    ]
    exact = table.with_columns(["X1", "Y"], [F.col("X1").cast("number(10,3)"), F.col("Y").cast("number(10,4)")])
    fitted = Pipeline(steps=steps).fit(exact)
    columns = make_column_transformer(
        (preprocessing.OrdinalEncoder(), ["COLOUR"]), (preprocessing.MinMaxScaler(clip=True), NUMBERS)
    )
    wanted = make_pipeline(columns, linear_model.LinearRegression()).fit(LOCAL, LOCAL.Y)
    _equal(_values(fitted.predict(exact), "PREDICTED")[:, 0], wanted.predict(LOCAL))


def classifier(table: DataFrame) -> None:
    model = LogisticRegression(input_cols=NUMBERS, label_cols=["HIGH"], output_cols=["PREDICTED"]).fit(table)
    wanted = linear_model.LogisticRegression().fit(LOCAL[NUMBERS], LOCAL.HIGH)
    _equal(_values(model.predict(table), "PREDICTED")[:, 0], wanted.predict(LOCAL[NUMBERS]))
    likely = model.predict_proba(table)
    _equal(_values(likely, "PREDICT_PROBA_0", "PREDICT_PROBA_1"), wanted.predict_proba(LOCAL[NUMBERS]))
    _equal(model.to_sklearn().coef_, wanted.coef_)
    _equal(model.score(table), wanted.score(LOCAL[NUMBERS], LOCAL.HIGH))


def refused(table: DataFrame) -> None:
    from snowflake.ml.dataset import create_from_dataframe
    from snowflake.ml.experiment import ExperimentTracking
    from snowflake.ml.feature_store import CreationMode, FeatureStore
    from snowflake.ml.registry import Registry

    session = table.session
    create = CreationMode.CREATE_IF_NOT_EXIST
    for refuses in (
        lambda: Registry(session=session).show_models(),
        lambda: create_from_dataframe(session, "ROWS_OF_IT", "v1", input_dataframe=table),
        lambda: ExperimentTracking(session=session).set_experiment("TRIED"),
        lambda: FeatureStore(session, "EMBEDDED", "FEATURES", default_warehouse="COMPUTE_WH", creation_mode=create),
    ):
        _raises("not supported by the embedded Snowflake: ", refuses)


CHECKS: list[Callable[[DataFrame], None]] = [
    scalers,
    missing_values,
    encoders,
    unknown_categories,
    names_in_quotes,
    regression_metrics,
    classification_metrics,
    pipeline_with_a_model,
    classifier,
    refused,
]


def main() -> int:
    failed = 0
    with snowflake.connector.connect(connection_name="embedded", connections_file_path=Path(sys.argv[1])) as connection:
        session = Session.builder.configs({"connection": connection}).create()
        session.sql(f"create or replace schema {SCHEMA}").collect()
        session.write_pandas(LOCAL, "GIVEN", auto_create_table=True)
        for check in CHECKS:
            if sys.argv[2:] and check.__name__ not in sys.argv[2:]:
                continue
            try:
                session.use_schema(SCHEMA)
                check(session.table("GIVEN"))
            except Exception:
                failed += 1
                print(f"FAILED {check.__name__}: {traceback.format_exc()}", flush=True)
            else:
                print(f"ok {check.__name__}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
