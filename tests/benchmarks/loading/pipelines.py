"""The pipelines of the benchmark, in our format: six tasks each, on Snowflake or in pods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Template

KINDS = {"snowpark": "Snowflake tasks", "kubernetes": "pod tasks"}
"""The targets, and what a reader calls their tasks."""

_FILE = Template("""\
# yaml-language-server: $$schema=../schemas/pipeline.schema.json
pipeline: $dag_id
description: Pipeline number $number.
target: $kind
dag:
  schedule: "$schedule"
  start_date: 2024-01-01
  tags: [bench]
params:
  source: include/data/taxi
  stage: STAGE_$number
  features: FEATURES_$number
tasks:
  create_stage:
    sql: CREATE STAGE IF NOT EXISTS {{ params.stage }}
  stage_files:
    python_callable: include.tasks.taxi.stage_files
    op_kwargs: {source: "{{ params.source }}", stage: "{{ params.stage }}"}
    dependencies: [create_stage]
  load:
    sql: COPY INTO TRIPS_$number FROM @{{ params.stage }}
    dependencies: [stage_files]
  train:
    python_callable: include.tasks.taxi.train
    op_kwargs: {features: "{{ params.features }}", stage: "{{ params.stage }}", model: linear, train_until: ""}
    dependencies: [load]
  predict:
    batch_callable: include.tasks.taxi.predict_duration
    input:
      table: "{{ params.features }}"
      columns: [PICKUP_LOCATION_ID, DROPOFF_LOCATION_ID, TRIP_DISTANCE, PICKUP_HOUR]
    output: {table: "PREDICTIONS_$number", column: PREDICTED_SECONDS}
    model: "{{ outputs.train.model }}"
  publish:
    sql: CREATE OR REPLACE VIEW V_$number AS SELECT * FROM PREDICTIONS_$number
    dependencies: [predict]
""")


def numbered(number: int) -> dict[str, str]:
    """What one pipeline has of its own, by its number."""
    return {"dag_id": f"p{number:05d}", "number": str(number), "schedule": f"{number % 60} {number % 24} * * *"}


def in_our_format(own: dict[str, str], kind: str) -> str:
    """The file of a pipeline."""
    return _FILE.substitute(own, kind=kind)


def write(configs: Path, count: int, kind: str) -> Iterator[Path]:
    """Write the files of the pipelines 0 to `count` - 1, and return their paths as they are written."""
    for number in range(count):
        own = numbered(number)
        path = configs / f"{own['dag_id']}.yaml"
        path.write_text(in_our_format(own, kind))
        yield path
