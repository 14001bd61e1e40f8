"""Which names of a Jinja template come from outside: not from its own `set`, `for`, `with`, `macro` and `import`.

The rules are Jinja's own (jinja2.idtracking); its own answer (`jinja2.meta.find_undeclared_variables`) is by name, and
here each place of a name counts, as the same name may come from outside in one place and be the template's own in
another.
"""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import nodes

_Bound = dict[str, bool]
"""Names that the template defines, and whether it surely has where we are: not if only one branch of an `if` does."""


def free_names(template: nodes.Template) -> list[tuple[str, bool]]:
    """Return the names that a template reads from outside.

    Args:
        template: A parsed template.

    Returns:
        Each reading of a name that the template itself does not surely define there, the very string that the parser
        put into the node; and whether the template never defines it there.
    """
    reader = _Reader()
    reader.read_all(template.body, {})
    return reader.found


class _Reader:
    def __init__(self) -> None:
        self.found: list[tuple[str, bool]] = []

    def read_all(self, parts: Iterable[nodes.Node], bound: _Bound) -> None:
        for part in parts:
            self._read(part, bound)

    def _read(self, node: nodes.Node, bound: _Bound) -> None:
        match node:
            case nodes.Name():
                self._name(node, bound)
            case nodes.Assign():
                self.read_all((node.node, node.target), bound)
            case nodes.AssignBlock():
                self.read_all([*node.body, *([node.filter] if node.filter else [])], dict(bound))
                self._read(node.target, bound)
            case nodes.For():
                self._read(node.iter, bound)
                self.read_all([node.target, *([node.test] if node.test else []), *node.body], {**bound, "loop": True})
                self.read_all(node.else_, dict(bound))
            case nodes.If():
                self._branches(node, bound)
            case nodes.With():
                self.read_all(node.values, bound)
                self.read_all([*node.targets, *node.body], dict(bound))
            case nodes.Macro():
                bound[node.name] = True
                self.read_all(
                    [*node.args, *node.defaults, *node.body], {**bound, "caller": True, "varargs": True, "kwargs": True}
                )
            case nodes.CallBlock():
                self._read(node.call, bound)
                self.read_all([*node.args, *node.defaults, *node.body], dict(bound))
            case nodes.Import() | nodes.FromImport():
                self._import(node, bound)
            case nodes.FilterBlock() | nodes.Block() | nodes.Scope() | nodes.ScopedEvalContextModifier():
                self.read_all(node.iter_child_nodes(), dict(bound))
            case _:
                self.read_all(node.iter_child_nodes(), bound)

    def _name(self, node: nodes.Name, bound: _Bound) -> None:
        if node.ctx != "load":
            bound[node.name] = True
        elif not bound.get(node.name):
            self.found.append((node.name, node.name not in bound))

    def _branches(self, node: nodes.If, bound: _Bound) -> None:
        after = []
        for branch in (node, *node.elif_):
            self._read(branch.test, bound)
            after.append(dict(bound))
            self.read_all(branch.body, after[-1])
        after.append(dict(bound))
        self.read_all(node.else_, after[-1])
        for name in set().union(*after):
            bound[name] = all(branch.get(name) for branch in after)

    def _import(self, node: nodes.Import | nodes.FromImport, bound: _Bound) -> None:
        self._read(node.template, bound)
        if isinstance(node, nodes.Import):
            bound[node.target] = True
        else:
            bound.update((name if isinstance(name, str) else name[1], True) for name in node.names)
