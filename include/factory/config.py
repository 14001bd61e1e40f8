"""What dag-factory takes for one DAG: what a pipeline is compiled to, and all that looks at it."""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]
"""dag-factory's configuration of a DAG, or of a task in it: plain YAML types only, Python objects as `__type__`."""
