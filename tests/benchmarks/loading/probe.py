"""One fresh process: loads loaders as Airflow does, one after the other, and prints what that took.

    python -m tests.benchmarks.loading.probe load|start|forms LOADER …

| what | prints, for each loader |
|---|---|
| `load` | CPU seconds beyond `import airflow.sdk`, number of DAGs, peak of memory until then |
| `start` | the same, as a process loads that is to run a task of the DAG in the middle |
| `forms` | beside that the bytes of the DAGs serialised, and a digest of each one's canonical form |

The second loader's figures are without what the first one has imported.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

DAG_VARIABLE, TASK_VARIABLE = "_AIRFLOW_PARSING_CONTEXT_DAG_ID", "_AIRFLOW_PARSING_CONTEXT_TASK_ID"
"""How Airflow's task runner says what it parses for (airflow.sdk.definitions.context)."""


def load(loader: Path) -> tuple[dict[str, Any], float]:
    """Import a loader as Airflow's importer does (airflow.dag_processing.importers.python_importer), bytecode cached.

    Returns:
        Its namespace, and the CPU seconds that it took.
    """
    import airflow.sdk  # noqa: F401

    sys.path.insert(0, str(loader.parent))
    for name in ("pipelines_data", "loader"):
        sys.modules.pop(name, None)
    before = time.process_time()
    source = importlib.machinery.SourceFileLoader("loader", str(loader))
    spec = importlib.util.spec_from_loader("loader", source)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["loader"] = module
    source.exec_module(module)
    return vars(module), time.process_time() - before


def dags_in(namespace: dict[str, Any]) -> list[Any]:
    """The DAGs that Airflow would find."""
    from airflow.sdk import DAG

    return list({id(value): value for value in namespace.values() if isinstance(value, DAG)}.values())


def peak_megabytes() -> float:
    """The most memory that this process has had, in MB of 2**20 bytes.

    Not `ru_maxrss` where it can be helped: that begins with the peak of the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes, on macOS


def _asked_for(loader: Path) -> str:
    """The id of the DAG in the middle; a project's folder is in one named by the number of its pipelines."""
    return f"p{int(loader.parents[2].name) // 2:05d}"


def main(what: str, *loaders: str) -> None:
    """Print the figures as one line of JSON, the last one of standard output."""
    figures = []
    for loader in map(Path, loaders):
        if what == "start":
            os.environ |= {DAG_VARIABLE: _asked_for(loader), TASK_VARIABLE: "train"}
        namespace, seconds = load(loader)
        dags = dags_in(namespace)
        assert what != "start" or _asked_for(loader) in [dag.dag_id for dag in dags]
        figures.append({"cpu_seconds": seconds, "dags": len(dags), "peak_mb": peak_megabytes()})
        if what == "forms":
            from tests.benchmarks.loading.forms import digests_and_size

            figures[-1] |= digests_and_size(dags)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
