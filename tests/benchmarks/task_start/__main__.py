"""What a Snowpark task and a pod task cost beyond their own work, beside the same work by Airflow's own operators.

    .venv/bin/python -m tests.benchmarks.task_start [--rounds 7] [--json FILE] [--raw FILE] [--only session,pod]

Needs what `make test` installs, and a cluster for the pods; works in a laptop of its own.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.task_start.phases import figures, table
from tests.laptop import Laptop, laptop_in
from tests.project import make_project

HERE = Path(__file__).parent
SNOWPARK = ("session", "procedure", "udf")
LIMIT = 1.2
"""How many times what it takes by hand a task may take."""


def main(arguments: list[str]) -> int:
    """Run the benchmark and print its tables.

    Args:
        arguments: of the command line.

    Returns:
        The exit code: 0; 1 if a task failed, or one takes more than `LIMIT` times the one by hand.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--only", default="")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="task-start-") as name, laptop_in(Path(name)) as laptop:
        Path(name).chmod(0o755)
        project = make_project(Path(name, "project"), HERE / "project")
        shutil.copytree(HERE / "project" / "dags", project / "dags", dirs_exist_ok=True)
        compileall.compile_dir(project / "include" / "runtime", quiet=1)
        for folder in ("factory", "operators", "tasks"):
            compileall.compile_dir(project / "include" / folder, quiet=1)
        laptop = Laptop(laptop.local, laptop.temporary, laptop.parameters, project)
        with_pods = provided(laptop)
        laptop.sql("CREATE OR REPLACE TABLE TASK_START AS SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 1000))")
        kinds = [*SNOWPARK, *(("pod",) if with_pods else ())]
        if options.only:
            kinds = [kind for kind in kinds if kind in options.only.split(",")]
        runs = measured(laptop, kinds, options.rounds)
    if options.raw:
        options.raw.write_text(json.dumps(runs))
    found = figures(runs)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    print(table(found))
    over = [
        f"{kind} ({measure} {ratio:.2f} times)"
        for kind in kinds
        for measure in ("seconds", "cpu")
        if (ratio := found[f"ours {kind}"][f"{measure} to by hand"]) > LIMIT
    ]
    print(f"more than {LIMIT} times the one by hand: {', '.join(over) or 'none'}")
    return 1 if over else 0


def measured(laptop: Laptop, kinds: list[str], rounds: int) -> list[dict[str, Any]]:
    """Run each kind by hand and ours, in turns; the first round, which warms caches, is not counted."""
    folder = laptop.temporary
    folder.chmod(0o755)
    marked = folder / "marked"
    marked.mkdir()
    marked.chmod(0o777)
    environment = settings(laptop) | {
        "BY_HAND_PYTHON": str(laptop.root / ".local/venvs/snowpark/bin/python"),
        "BY_HAND_PARAMETERS": json.dumps(parameters(laptop)),
        "MARKS": str(folder / "marks.jsonl"),
        "MARKS_FOLDER": str(HERE / "marks"),
        "MARKED_FOLDER": str(marked),
    }
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE / "marks"), environment["PYTHONPATH"]])
    process = subprocess.Popen(
        [sys.executable, str(HERE / "runner.py")],
        cwd=laptop.root,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(folder / "runner.log").open("w"),
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    runs = []
    try:
        for turn in range(rounds + 1):
            for kind in kinds:
                for name, dag_file, dag_id, task in tasks(kind):
                    log = folder / f"{turn}-{name}.log"
                    print(json.dumps([dag_file, dag_id, task, str(log)]), file=process.stdin, flush=True)
                    ran = next((line for line in process.stdout if line.startswith("RAN ")), None)
                    if ran is None:
                        raise SystemExit((folder / "runner.log").read_text()[-5000:])
                    run = json.loads(ran.removeprefix("RAN ")) | {"name": name}
                    if run["state"] != ["success"] and run["result"] is None:
                        raise SystemExit(f"{name} {run['state']} {run['code']}\n{log.read_text()[-6000:]}")
                    print(f"{turn} {name}: {run['seconds']:.2f} s {run['cpu']:.2f} s CPU", file=sys.stderr)
                    if turn:
                        runs.append(run)
    finally:
        process.stdin.close()
        process.wait(30)
    return runs


def tasks(kind: str) -> Iterator[tuple[str, str, str, str]]:
    """What runs in turns: name, file, DAG and task."""
    folder = "pods" if kind == "pod" else "snowpark"
    yield f"by hand {kind}", f"by_hand_{folder}.py", f"by_hand_{folder}", kind
    yield f"ours {kind}", "snowpod.py", "ours_in_pods" if kind == "pod" else "ours_snowpark", kind
    if kind == "pod":
        yield "by hand pod, Airflow's defaults", "by_hand_pods.py", "by_hand_pods", "pod_as_it_comes"


def provided(laptop: Laptop) -> bool:
    """Have a cluster, with the image of the project's copy; gives whether there is one."""
    certificates, port = str(laptop.local / "snowflake" / "ca-bundle.pem"), laptop.parameters["port"]
    code = (
        "import pathlib, sys; from include.local.pods import provide; "
        f"sys.exit(not provide(pathlib.Path({certificates!r}), {port}))"
    )
    done = laptop.command("-c", code)
    print(done.output, file=sys.stderr)
    return done.code == 0


def settings(laptop: Laptop) -> dict[str, str]:
    """The environment of the laptop's Airflow, in the project's copy."""
    code = "import json; from include.local.airflow import environment; print('SET ' + json.dumps(environment()))"
    done = laptop.command("-c", code)
    (line,) = [line for line in done.output.splitlines() if line.startswith("SET ")]
    found: dict[str, str] = json.loads(line.removeprefix("SET "))
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    if "SNOWPOD_SIDECAR_IMAGE" in found:  # the operator by hand takes it from the connection
        cluster = json.loads(found["AIRFLOW_CONN_KUBERNETES_DEFAULT"])
        cluster["extra"]["xcom_sidecar_container_image"] = found["SNOWPOD_SIDECAR_IMAGE"]
        found["AIRFLOW_CONN_KUBERNETES_DEFAULT"] = json.dumps(cluster)
    return found


def parameters(laptop: Laptop) -> dict[str, Any]:
    """What opens a session by hand: what the Airflow connection holds too."""
    session = {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False, "ABORT_DETACHED_QUERY": True}
    return laptop.parameters | {"insecure_mode": True, "application": "AIRFLOW", "session_parameters": session}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
