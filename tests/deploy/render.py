"""Renders the official Helm chart with our values, checks what comes of it, and keeps that it was done.

    python -m tests.deploy.render <folder of the chart, or its .tgz> [--kubectl "kubectl --context kind-kind"]

The chart is not part of the project, and CI has no way to it: after a change of include/deploy/helm a person runs this,
and commits the record, tests/deploy/rendered.json, without which the tests fail. `helm pull apache-airflow/airflow
--version 1.22.0` brings the chart. It is rendered by the package `helm-python-sdk` (Helm 4) in an environment of its
own: `pip install helm-python-sdk==0.2.2 pyyaml`.

With `--kubectl` each object is given to a cluster as a dry run, in a namespace that is made for it and removed; kinds
that the cluster does not know are listed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.values import CHART_VERSION, combinations, digest, merged, values_of

RECORD = Path(__file__).with_name("rendered.json")
NAMESPACE = "airflow"
SCRATCH = "snowpod-render"
"""The namespace of the dry run, in place of Airflow's."""
POD = "pod_template_file.yaml"
IMAGES = ("registry.example.com/snowpod-airflow:1.0.0", "redis:", "registry.k8s.io/git-sync/", "quay.io/prometheus/")
"""What runs: our image, and those that the chart pins."""
SECRET = re.compile("PASSWORD|SECRET_KEY|JWT|CONN")
"""In names of variables whose values are secrets."""


def objects(chart: Any, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Render a chart, as `helm install airflow --namespace airflow` would.

    Raises:
        helm_python.HelmError: the chart refuses the values.
    """
    chart.validate_schema(values)
    rendered = chart.render(values, name="airflow", namespace=NAMESPACE, is_install=True)
    texts = [text for path, text in sorted(rendered.items()) if path.endswith((".yaml", ".yml"))]
    documents = itertools.chain.from_iterable(yaml.safe_load_all(text) for text in texts)
    found = [one for one in documents if isinstance(one, dict) and "kind" in one]
    # KubernetesExecutor makes its workers of a Pod in a ConfigMap, which no cluster looks at before.
    workers = [
        yaml.safe_load(one["data"][POD]) | {"metadata": {"name": "worker"}}
        for one in found
        if one["kind"] == "ConfigMap" and POD in one["data"]
    ]
    return sorted(found + workers, key=lambda one: one["kind"] != "ServiceAccount")


def pod_of(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the spec of the pods that an object makes, if any."""
    if item["kind"] == "Pod":
        return item["spec"]
    return item.get("spec", {}).get("template", {}).get("spec") if isinstance(item.get("spec"), dict) else None


def flaws(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is not as it should be in what was rendered."""
    for item in items:
        name = f"{item['kind']} {item['metadata']['name']}"
        if item["kind"] == "Secret":
            yield f"{name}: a Secret that the chart makes up"
        if item["kind"].startswith("Cluster"):
            yield f"{name}: a right in the whole cluster"
        if item["metadata"]["name"] == "airflow-api-server-policy" and not item["spec"].get("ingress"):
            yield f"{name}: nobody may call the API server"
        pod = pod_of(item) or {}
        for container in [*(pod.get("initContainers") or ()), *(pod.get("containers") or ())]:
            for flaw in flaws_of(container):
                yield f"{name}, container {container['name']}: {flaw}"


def flaws_of(container: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is not as it should be in a container."""
    if not container["image"].startswith(IMAGES) or container["image"].endswith(":latest"):
        yield f"the image {container['image']}"
    if not container.get("resources", {}).get("limits", {}).get("memory"):
        yield "no limit of memory"
    for variable in container.get("env") or ():
        if SECRET.search(variable["name"]) and "value" in variable:
            yield f"a value for {variable['name']}"
        if variable == {"name": "GITSYNC_SSH_KNOWN_HOSTS", "value": "false"}:
            yield "git-sync believes any server"


class Cluster:
    """A cluster that says what it would do with objects."""

    def __init__(self, kubectl: str) -> None:
        self._kubectl = shlex.split(kubectl)
        lines = self._run("api-resources", "--no-headers").splitlines()
        self._known = {(line.split()[-3], line.split()[-1]) for line in lines}
        self.version = json.loads(self._run("version", "--output=json"))["serverVersion"]["gitVersion"]

    def __enter__(self) -> Cluster:
        self._run("create", "namespace", SCRATCH)
        return self

    def __exit__(self, *_: object) -> None:
        self._run("delete", "namespace", SCRATCH, "--wait=false")

    def knows(self, item: Mapping[str, Any]) -> bool:
        """Tell whether there is such a kind, of this version."""
        return (item["apiVersion"], item["kind"]) in self._known

    def refusals(self, items: list[dict[str, Any]]) -> list[str]:
        """Return what the cluster says against objects; nothing if it would take them all."""
        moved = [merged(item, {"metadata": {"namespace": SCRATCH}}) for item in items]
        accounts = [item for item in moved if item["kind"] == "ServiceAccount"]  # a pod's must be there
        return [*self._apply(accounts), *self._apply(moved, "--dry-run=server")]

    def _apply(self, items: list[dict[str, Any]], *options: str) -> list[str]:
        text = yaml.safe_dump_all(items)
        command = [*self._kubectl, "apply", *options, "--filename", "-"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        return [f"the cluster: {line}" for line in done.stderr.splitlines() if done.returncode and line]

    def _run(self, *arguments: str) -> str:
        return subprocess.run([*self._kubectl, *arguments], capture_output=True, text=True, check=True).stdout


def check(names: tuple[str, ...], items: list[dict[str, Any]], cluster: Cluster | None) -> list[str]:
    """Check what one combination gives, and say how much of it was checked by what."""
    known = [one for one in items if cluster and cluster.knows(one)]
    unknown = sorted({f"{one['apiVersion']} {one['kind']}" for one in items if one not in known})
    wrong = [*flaws(items), *(cluster.refusals(known) if cluster else [])]
    print(f"{' + '.join(names)}: {len(items)} objects, {len(known)} of them given to a cluster, {len(wrong)} flaws")
    if cluster and unknown:
        print(f"  not known to the cluster {cluster.version}: {', '.join(unknown)}")
    return [f"{' + '.join(names)}: {line}" for line in wrong]


def accounts_of(items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the service account of each object that makes pods."""
    pods = [(item["metadata"]["name"], pod_of(item)) for item in items]
    return {name: pod["serviceAccountName"] for name, pod in pods if pod}


def main() -> int:
    """Render all combinations; 1 if the chart, a check or the cluster is against one."""
    parser = argparse.ArgumentParser(description="Render the official Helm chart with our values.")
    parser.add_argument("chart", type=Path)
    parser.add_argument("--kubectl", help="how to reach a cluster for a dry run")
    parser.add_argument("--out", type=Path, help="a folder for what was rendered")
    arguments = parser.parse_args()
    try:
        import helm_python
    except ImportError:
        print("helm-python-sdk is not installed: pip install helm-python-sdk==0.2.2", file=sys.stderr)
        return 2
    chart = helm_python.Chart.load(str(arguments.chart))
    if chart.version != CHART_VERSION:
        print(f"The chart is {chart.version}; our values are for {CHART_VERSION}.", file=sys.stderr)
        return 2
    wrong: list[str] = []
    accounts: dict[str, dict[str, str]] = {}
    cluster = Cluster(arguments.kubectl) if arguments.kubectl else None
    with cluster or nullcontext():
        for names in combinations():
            items = objects(chart, values_of(*names))
            accounts["+".join(names)] = accounts_of(items)
            if arguments.out:
                arguments.out.mkdir(parents=True, exist_ok=True)
                (arguments.out / f"{'+'.join(names)}.yaml").write_text(yaml.safe_dump_all(items), encoding="utf-8")
            wrong += check(names, items, cluster)
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        record = {"chart": CHART_VERSION, "values": digest(), "dry_run": cluster.version if cluster else None}
        RECORD.write_text(json.dumps(record | {"service_accounts": accounts}, indent=1) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
