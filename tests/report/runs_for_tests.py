"""Runs as the reader gives them: taxi trips side by side, with measures, a comparison, metrics and errors."""

from __future__ import annotations

import dataclasses
from typing import Any

from include.report.runs import Run, RunTotals, TaskTry
from tests.report.airflow_database import at

PRICES: dict[str, Any] = {
    "currency": "USD",
    "credit": {"price": 2.0, "source": "a contract"},
    "credits_per_hour": {"X-Small": 1, "Small": 2, "2X-Large": 32},
    "cpu_hour": {"price": 0.04, "source": "a list"},
    "gb_hour": {"price": 0.004, "source": "a list"},
}
GIB = 2**30
MEASURES = (
    *("target", "run_as", "state", "try_number", "started", "queued_seconds", "startup_seconds", "work_seconds"),
    *("cpu_seconds", "memory_bytes", "statements", "warehouse", "warehouse_size", "warehouse_seconds"),
    *("rows_read", "rows_written", "bytes_read", "bytes_written", "version", "pod"),
)
"""Their keys, as the runtime names them."""


def measured(**given: Any) -> dict[str, Any]:
    """Measures with every key there, as tasks leave them."""
    known: dict[str, Any] = dict.fromkeys(MEASURES)
    return known | {"state": "success", "try_number": 1} | given


def ran(
    task_id: str,
    start: float,
    seconds: float,
    *,
    index: int = -1,
    state: str = "success",
    operator: str = "SnowparkOperator",
    result: Any = None,
    label: str | None = None,
    tries: int = 1,
    **measures: Any,
) -> TaskTry:
    return TaskTry(
        task_id,
        index,
        state,
        tries,
        seconds,
        result,
        label,
        at(start),
        at(start + seconds),
        at(start - 0.5),
        operator,
        measured(started=at(start).timestamp(), **measures) if measures else None,
    )


def in_warehouse(seconds: float, **more: Any) -> dict[str, Any]:
    return {"warehouse": "WH", "warehouse_size": "X-Small", "warehouse_seconds": seconds, "statements": 3, **more}


def pod(cpu: float = 0.25, memory: float = 512 * 2**20, **more: Any) -> dict[str, Any]:
    return {
        "name": "p-1",
        "node": "node-a",
        "image": "task:1",
        "image_pull_seconds": 0.0,
        "scheduled_seconds": 0.4,
        "cpu_request": cpu,
        "cpu_limit": 2.0,
        "memory_request": memory,
        "memory_limit": GIB,
        **more,
    }


def evaluated(error: float) -> dict[str, Any]:
    return {
        "metrics": {
            "gradient_boosting": {"mae": 238.279 + error, "r2": 0.853},
            "linear": {"mae": 851.507, "r2": -0.023},
        },
        "errors": {"edges": [-600, -200, 0, 200, 600], "counts": [10, 400, 1200, 363 + error], "unit": "seconds"},
    }


def equal_table(**more: Any) -> dict[str, Any]:
    return {
        "task": "predict",
        "map_index": None,
        "tables": {"snowpark": "P_SNOWPARK", "kubernetes": "P_KUBERNETES"},
        "equal": True,
        "exact": True,
        "missing": [],
        "rows": {"snowpark": 1973, "kubernetes": 1973},
        "columns_only": {},
        "types": [],
        "key": ["TRIP_ID"],
        "only": {"snowpark": 0, "kubernetes": 0},
        "differing": 0,
        "columns": [],
        "examples": [],
        "differences": None,
        **more,
    }


EQUAL: dict[str, Any] = {
    "equal": True,
    "words": "1 table is equal, row by row.",
    "tables": [equal_table()],
    "models": [
        {
            "task": "train",
            "models": {"snowpark": "m1", "kubernetes": "m2"},
            "same": True,
            "by": "predictions of predict: equal",
        }
    ],
}


def different(words: str, **more: Any) -> dict[str, Any]:
    return {
        **EQUAL,
        "equal": False,
        "words": words,
        "tables": [
            equal_table(task="evaluate", tables={"snowpark": "M_S", "kubernetes": "M_K"}),
            equal_table(equal=False, **more),
        ],
    }


ONE_ROW = different(
    "P_SNOWPARK: 1 of 1,973 rows differs in PREDICTED_SECONDS (by 3.2 at most).",
    differing=1,
    columns=[
        {
            "name": "PREDICTED_SECONDS",
            "differing": 1,
            "within_tolerance": 4,
            "tolerance": 1e-6,
            "largest": 3.2,
            "mean": 3.2,
        }
    ],
    examples=[{"key": {"TRIP_ID": 17}, "column": "PREDICTED_SECONDS", "snowpark": 845.1, "kubernetes": 848.3}],
    differences={"column": "PREDICTED_SECONDS", "edges": [0, 1, 2, 4], "counts": [0, 0, 1]},
)
ONE_COLUMN = different(
    "P_KUBERNETES has no column PREDICTED_SECONDS.",
    columns_only={"snowpark": ["PREDICTED_SECONDS"], "kubernetes": []},
    differing=None,
)
MISSING_TABLE = different(
    "P_KUBERNETES is missing.", missing=["kubernetes"], rows={"snowpark": 1973, "kubernetes": None}, differing=None
)


def side_by_side(
    comparison: dict[str, Any] | None = EQUAL, state: str = "success", more: tuple[TaskTry, ...] = ()
) -> Run:
    s, k = {"target": "snowpark"}, {"target": "kubernetes", "run_as": "pod"}
    tasks = (
        ran(
            "load",
            0,
            4,
            operator="SnowflakeSQLOperator",
            run_as="sql",
            startup_seconds=0.5,
            work_seconds=3.0,
            rows_written=10_000,
            bytes_written=2_000_000,
            **in_warehouse(2.9),
        ),
        ran(
            "snowpark.train",
            5,
            20,
            run_as="stored_procedure",
            startup_seconds=6.0,
            work_seconds=13.0,
            cpu_seconds=12.5,
            memory_bytes=258_000_000,
            rows_read=8027,
            rows_written=0,
            bytes_read=700_000,
            bytes_written=0,
            version="a1",
            result={"model": "@S/m1"},
            **in_warehouse(13.5),
            **s,
        ),
        ran(
            "kubernetes.train",
            5,
            30,
            operator="SnowparkPodOperator",
            startup_seconds=18.0,
            work_seconds=10.0,
            cpu_seconds=9.5,
            memory_bytes=310_000_000,
            rows_read=8027,
            rows_written=0,
            bytes_read=700_000,
            bytes_written=0,
            version="a1",
            result={"model": "@S/m2"},
            pod=pod(),
            **in_warehouse(0.8),
            **k,
        ),
        ran(
            "snowpark.predict",
            26,
            9,
            run_as="udf",
            startup_seconds=4.0,
            work_seconds=4.5,
            memory_bytes=150_000_000,
            rows_read=1973,
            rows_written=1973,
            bytes_read=90_000,
            bytes_written=40_000,
            version="a1",
            result={"table": "P_SNOWPARK"},
            **in_warehouse(4.2),
            **s,
        ),
        ran(
            "kubernetes.predict",
            36,
            9.3,
            operator="SnowparkBatchPodOperator",
            startup_seconds=7.0,
            work_seconds=2.0,
            cpu_seconds=1.5,
            memory_bytes=200_000_000,
            rows_read=1973,
            rows_written=1973,
            bytes_read=90_000,
            bytes_written=40_000,
            version="a1",
            result={"table": "P_KUBERNETES"},
            pod=pod(),
            **in_warehouse(0.5),
            **k,
        ),
        ran(
            "snowpark.evaluate",
            46,
            8,
            run_as="session",
            startup_seconds=3.0,
            work_seconds=4.0,
            cpu_seconds=2.0,
            memory_bytes=GIB // 4,
            rows_read=3946,
            bytes_read=100_000,
            rows_written=4,
            bytes_written=300,
            result=evaluated(0),
            **in_warehouse(0.4),
            **s,
        ),
        ran(
            "kubernetes.evaluate",
            46,
            16,
            operator="SnowparkPodOperator",
            startup_seconds=12.0,
            work_seconds=3.5,
            cpu_seconds=2.1,
            memory_bytes=GIB // 3,
            rows_read=3946,
            bytes_read=100_000,
            rows_written=4,
            bytes_written=300,
            result=evaluated(2),
            pod=pod(),
            **in_warehouse(0.4),
            **k,
        ),
        ran(
            "compare",
            63,
            5,
            run_as="session",
            startup_seconds=2.0,
            work_seconds=2.5,
            cpu_seconds=1.0,
            memory_bytes=GIB // 8,
            result=comparison,
            state="success" if comparison is None or comparison["equal"] else "failed",
            target="snowpark",
            **in_warehouse(1.1),
        ),
    )
    return Run(
        "taxi_trip_duration_side_by_side",
        "manual__1",
        state,
        "manual",
        at(0),
        at(0),
        at(70),
        "How long will it take?",
        tasks + more,
    )


EARLIER = [
    RunTotals(
        f"manual__{number}",
        "success",
        at(1000.0 * number),
        60.0 + number,
        {"snowpark": 30.0 + number, "kubernetes": 40.0},
        number != 3,
    )
    for number in range(6)
]


def alone(tasks: tuple[TaskTry, ...], state: str = "success") -> Run:
    return dataclasses.replace(side_by_side(), dag_id="taxi_trip_duration_snowpark", state=state, tasks=tasks)
