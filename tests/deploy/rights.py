"""What the code asks of Kubernetes, as its source shows it, and what our manifests allow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.values import DEPLOY

Rights = set[tuple[str, str]]
"""Pairs of a resource and a verb."""
_REQUEST = re.compile(r"(connect_get|create|read|list|delete|patch|replace)_namespaced_([a-z_]+)")
_VERBS = {"connect_get": "get", "read": "get", "replace": "update"}
_RESOURCES = {"pod": "pods", "pod_log": "pods/log", "pod_exec": "pods/exec", "secret": "secrets", "event": "events"}


def asked_in(trees: Iterable[ast.AST]) -> Rights:
    """Return what the client's methods that are named in code ask for; a watch is a list that `stream` is given."""
    found: Rights = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Attribute) and (request := _REQUEST.fullmatch(node.attr)):
            found.add(_right(request))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "stream":
            first = node.args[0]
            if isinstance(first, ast.Attribute) and first.attr.startswith("list_namespaced_"):
                found.add((_RESOURCES[first.attr.removeprefix("list_namespaced_")], "watch"))
    return found


def _right(request: re.Match[str]) -> tuple[str, str]:
    return _RESOURCES[request[2]], _VERBS.get(request[1], request[1])


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def class_in(tree: ast.Module, name: str) -> ast.ClassDef:
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)


def methods(of: ast.ClassDef, names: set[str]) -> list[ast.AST]:
    """Return the methods of these names."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in of.body if isinstance(node, kinds) and node.name in names]


def names_used(tree: ast.AST) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def manifests() -> list[dict[str, Any]]:
    """Return all objects below include/deploy/kubernetes."""
    files = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
    return [one for file in files for one in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def allowed(role: str) -> Rights:
    """Return what a Role of ours allows."""
    found = next(one for one in manifests() if one["kind"] == "Role" and one["metadata"]["name"] == role)
    rules = found["rules"]
    assert all(rule["apiGroups"] == [""] for rule in rules)
    return {(resource, verb) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}
