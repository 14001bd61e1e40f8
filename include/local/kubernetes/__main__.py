"""The command line: `python3 -m include.local.kubernetes up|down|status|smoke|kubeconfig|image|airflow-image|reach`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from include.constants import ROOT
from include.local.kubernetes import choice
from include.local.kubernetes.cluster import Cluster, ailment, smoke
from include.local.kubernetes.images import airflow, task
from include.local.kubernetes.shell import Problem, say
from include.local.kubernetes.state import State

DEFAULT_STATE = ROOT / ".local" / "kubernetes"


def main(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: of the command line.

    Returns:
        The exit code: 0; 1 when something is wrong; 3 when there is no cluster to be had or none is wanted.
    """
    parser = argparse.ArgumentParser(prog="python3 -m include.local.kubernetes", description=__doc__)
    parser.add_argument(
        "--state", type=Path, default=DEFAULT_STATE, help="folder of the cluster's files (default: .local/kubernetes)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "up",
        help=(
            "start the cluster that CLUSTER names, or the first that this machine can have; does nothing if it is well"
        ),
    )
    commands.add_parser("down", help="end the cluster that `up` started and leave the machine as it was")
    commands.add_parser("status", help="say which cluster is up; exit code 1 if none is or it is not well")
    commands.add_parser("smoke", help="run one small pod to its end")
    commands.add_parser("kubeconfig", help="print the path of the kubeconfig")
    reach = commands.add_parser("reach", help="let pods with hostNetwork reach a port of this machine's loopback")
    reach.add_argument("port", type=int)
    build = commands.add_parser("image", help="build the task image if its inputs changed, and give it to the cluster")
    build.add_argument("--push", metavar="REF", help="push it there in place of giving it to the cluster")
    whole = commands.add_parser("airflow-image", help="build the Airflow image")
    whole.add_argument("--push", metavar="REF", help="and push it there")
    options = parser.parse_args(arguments)
    state = State(options.state.resolve())
    try:
        return _run(options, state)
    except Problem as problem:
        print(f"cluster: {problem}", file=sys.stderr)
        return problem.exit_code


def _run(options: argparse.Namespace, state: State) -> int:
    match options.command:
        case "up":
            with state.locked():
                _up(state)
        case "down":
            with state.locked():
                _down(state)
        case "status":
            return _status(state)
        case "smoke":
            say(f"a pod said: {smoke(state, _well(state).sidecar(_task_image(state))).strip()}")
        case "reach":
            _well(state).reach(options.port, _task_image(state))
        case "kubeconfig":
            print(state.kubeconfig)
        case "airflow-image":
            airflow.build(options.push)
        case "image" if options.push:
            task.push(state, options.push)
        case "image":
            with state.locked():
                task.provide(state, _well(state))
    return 0


def _up(state: State) -> None:
    recorded, wanted = state.recorded(), os.environ.get("CLUSTER", "")
    if recorded and wanted in {"", recorded} and ailment(state) is None:
        say(f"{recorded} is up; kubeconfig: {state.kubeconfig}")
        return
    chosen = choice.choose(wanted, state)
    if recorded and recorded != chosen.choice:
        raise Problem(f"{recorded} is up, and CLUSTER={chosen.choice} wants another: make cluster-down first")
    state.record(chosen.choice)  # first, so that `down` knows what to clear away if it does not come up
    chosen.up()
    say(f"{chosen.choice} is up; kubeconfig: {state.kubeconfig}")


def _down(state: State) -> None:
    recorded = state.recorded()
    if recorded is None:
        say("none is up")
        return
    choice.named(recorded, state).down()
    state.record(None)
    say(f"{recorded} is down")


def _status(state: State) -> int:
    recorded, wrong = state.recorded(), ailment(state)
    if recorded is None:
        say("none is up; `make cluster` starts one")
    elif wrong:
        say(f"{recorded}: {wrong}; `make cluster` starts it again")
    else:
        say(f"{recorded} is up; kubeconfig: {state.kubeconfig}")
    return 1 if recorded is None or wrong else 0


def _well(state: State) -> Cluster:
    recorded, wrong = state.recorded(), ailment(state)
    if recorded is None or wrong:
        raise Problem(
            f"there is no cluster that is well ({wrong}): make cluster, or make image PUSH=<registry>/<name>",
            choice.NONE,
        )
    return choice.named(recorded, state)


def _task_image(state: State) -> str:
    return state.image.read_text().strip() if state.image.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
