"""What a pipeline gives to a function or class, against what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from include.factory.diagnostics import Diagnostic, KeyPath, did_you_mean, hint_by_name
from include.factory.looks import is_importable
from include.factory.pipeline import KINDS
from include.factory.project import Settings
from include.factory.python.function_bodies import imported_packages
from include.factory.python.modules import Definition, Missing
from include.factory.python.signatures import Signature

SET_BY_THE_FACTORY = frozenset({"task_id", "dag", "task_group", "default_args", "params"})
"""Operator arguments that are not a pipeline's to give."""


_FUNCTION_BY_FILE = ("python_callable_name", "python_callable_file")
"""How dag-factory names a function that is in a file of its own."""


def missing_diagnostic(missing: Missing, name: str, kind: str, path: KeyPath) -> Diagnostic:
    """Return what to say of a name that is not there.

    Args:
        missing: What is missing of it.
        name: The whole name.
        kind: What it should stand for: `function`, `class`, `operator`.
        path: Where it is.

    Returns:
        The mistake.
    """
    whole = f"{missing.where}.{missing.name}" if missing.where else missing.name
    message = f"There is no {kind} `{name}`." if whole == name else f"There is no {kind} `{name}`: no module `{whole}`."
    near = did_you_mean(missing.name, set(missing.near))
    if near is not None:
        meant = name.replace(whole, f"{missing.where}.{near}" if missing.where else near, 1)
        hint = f"Did you mean `{meant}`?"
    elif missing.where:
        hint = hint_by_name(missing.name, set(missing.near), f"names in `{missing.where}`")
    else:
        hint = "Begin with a package of the project (`include.…`)" + (" or of Airflow." if kind == "operator" else ".")
    return Diagnostic(path, message, hint, f"unknown-{kind}")


def import_diagnostics(
    definition: Definition, name: str, path: KeyPath, settings: Settings, called: bool = True
) -> Iterator[Diagnostic]:
    """Check a function that Airflow itself imports: Airflow's Python must have what its module imports.

    Args:
        definition: The function.
        name: Its import path.
        path: Where that is.
        settings: What the pipeline lies over.
        called: Whether Airflow calls it, too.

    Returns:
        A mistake for each package that is not there.
    """
    if not definition.module.path.is_relative_to(settings.root):
        return
    for imported, line in imported_packages(definition, called).items():
        if not is_importable(imported) and settings.sources.module(imported) is None:
            message = (
                f"`{name}` imports {imported} ({definition.module.path.name}:{line}), which Airflow's own Python does"
                " not have."
            )
            hint = (
                "Put what Airflow calls into a module of its own, apart from tasks' functions; or import it inside"
                " those functions."
            )
            yield Diagnostic(path, message, hint, "not-importable")


def argument_diagnostics(
    signature: Signature,
    name: str,
    given: Iterable[str],
    where: KeyPath,
    call: KeyPath,
    kind: str,
    also: Iterable[str] = (),
    giver: str = "the task",
) -> Iterator[Diagnostic]:
    """Check names of arguments against a signature.

    Args:
        signature: What is taken.
        name: Whose signature it is.
        given: The names of what is given.
        where: The mapping that gives them.
        call: The place of the whole, where a missing one is reported.
        kind: What the arguments are called: `argument`, `op_kwarg`.
        also: What is given too, but need not fit.
        giver: Who gives them, for messages.

    Returns:
        A mistake for each that is not taken, and one for those that are missing.
    """
    by_name = {parameter.name: parameter for parameter in signature.parameters}
    known = {parameter.name for parameter in signature.parameters if parameter.keyword} - SET_BY_THE_FACTORY
    given = list(given)
    left = known - set(given)
    there = {*given, *also}
    for key in given:
        if key in by_name and not by_name[key].keyword:
            message = f"`{name}` takes `{key}` by position only, and gets all by name."
            hint = f"Remove the `/` after `{key}` from its signature."
            yield Diagnostic((*where, key), message, hint, f"unknown-{kind}", on="key")
        elif key not in by_name and not signature.any_keyword:
            hint = hint_by_name(key, left, "arguments left")
            there.add(did_you_mean(key, left) or key)
            if kind == "argument" and key in _FUNCTION_BY_FILE and "python_callable" in known:
                hint = "Write `python_callable: <module>.<function>`, the import path of the function."
                there.add("python_callable")
            elif kind == "argument" and key in KINDS:
                hint = f"A task does one thing: remove `{key}`, or `operator`."
            yield Diagnostic((*where, key), f"`{name}` takes no `{key}`.", hint, f"unknown-{kind}", on="key")
    needed = [one.name for one in signature.parameters if one.required and one.name not in there]
    if needed:
        yield _not_given(needed, name, giver, where if kind == "op_kwarg" else call, kind)


def _not_given(needed: list[str], name: str, giver: str, path: KeyPath, kind: str) -> Diagnostic:
    missing = ", ".join(f"`{one}`" for one in needed)
    under = " under `op_kwargs`" if kind == "op_kwarg" else ""
    message = f"`{name}` needs {missing}, and {giver} does not give {'it' if len(needed) == 1 else 'them'}."
    return Diagnostic(path, message, f"Add {missing}{under}.", f"missing-{kind}", on="key")
