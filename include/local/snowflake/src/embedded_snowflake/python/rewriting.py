"""Calls of Python functions in a statement's tree become calls of DuckDB functions."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.python.calls import arguments_of, as_json, complete, converted, name_of, qualified, row_of
from embedded_snowflake.python.duck_functions import DuckFunctions
from embedded_snowflake.python.overloads import candidates, matches, only
from embedded_snowflake.python.registry import Registered, Registry, qualify
from embedded_snowflake.python.table_calls import TableCalls
from embedded_snowflake.state.session import Session


class Rewriter:
    """Replaces calls.

    Args:
        registry: The definitions.
        functions: Gives DuckDB functions for them.
    """

    def __init__(self, registry: Registry, functions: DuckFunctions) -> None:
        self._registry = registry
        self._functions = functions
        self._tables = TableCalls(self.resolve, functions)

    def rewrite(self, tree: exp.Expr, session: Session) -> exp.Expr:
        """Replace all calls in a statement.

        Args:
            tree: The statement; changed in place.
            session: Session that runs it.

        Returns:
            The statement.

        Raises:
            SnowflakeError: A function exists but not for these arguments.
        """
        # Inner calls first: an outer call's arguments are moved into the new node.
        for call in reversed(list(tree.find_all(exp.Func))):
            items = self.resolve(call, session)
            if not items or items[0].definition.columns is not None:
                continue
            outermost = qualified(call)
            given = arguments_of(call)
            if items[0].definition.aggregate:
                outermost, new = self._aggregate(only(items, call.name), outermost, given, session)
            else:
                new = self._scalar(items, given, session)
            if outermost is tree:
                tree = new
            else:
                outermost.replace(new)
        return self._tables.rewrite(tree, session)

    def resolve(self, call: exp.Func, session: Session) -> list[Registered]:
        """Find the function that a call means.

        Args:
            call: A call.
            session: Session that runs the statement.

        Returns:
            The function, or several where it depends on the types of columns; none for one that is not Python's.

        Raises:
            SnowflakeError: There are functions of that name, but none for these arguments.
        """
        name = name_of(call)
        if name is None or not self._registry.has_name("FUNCTION", name[-1]):
            return []
        if len(name) < 3 and session.database is None:
            return []
        overloads = self._registry.overloads("FUNCTION", qualify(name, session.database, session.schema), session)
        return candidates(overloads, arguments_of(call), name[-1]) if overloads else []

    def _scalar(self, items: list[Registered], given: list[exp.Expr], session: Session) -> exp.Expr:
        """Call a scalar function; of several, the one whose types DuckDB finds."""
        if len(items) == 1:
            return self._call(items[0], given, session)
        if len({item.definition.returns for item in items}) > 1:
            only(items, items[0].definition.name[-1])
        case = exp.Case(default=self._call(items[0], [value.copy() for value in given], session))
        for item in items:
            # DuckDB may compute the calls that are not meant too: there a value that cannot be converted is no error.
            case = case.when(
                matches(item, given), self._call(item, [value.copy() for value in given], session, attempt=True)
            )
        return case

    def _call(self, item: Registered, given: list[exp.Expr], session: Session, attempt: bool = False) -> exp.Expr:
        definition = item.definition
        assert definition.returns is not None
        fixed = not definition.volatile or any(value.find(exp.Column) for value in given)
        name = self._functions.name_of(item, session, fixed)
        full = zip(complete(given, definition.arguments, session), definition.arguments, strict=True)
        values = [converted(value, argument.type, attempt) for value, argument in full]
        call = exp.Anonymous(this=name, expressions=[exp.Literal.number(session.key), *values])
        return as_json(call) if definition.returns.is_semi_structured else call

    def _aggregate(
        self, item: Registered, call: exp.Expr, given: list[exp.Expr], session: Session
    ) -> tuple[exp.Expr, exp.Expr]:
        """Collect a group's rows with DuckDB's LIST; a window around the call becomes one around LIST.

        Returns:
            The node to replace, and the one to put in its place.
        """
        definition = item.definition
        assert definition.returns is not None
        distinct = bool(given) and isinstance(given[0].parent, exp.Distinct)
        row = row_of(complete(given, definition.arguments, session), definition.arguments)
        collected: exp.Expr = exp.Anonymous(
            this="LIST", expressions=[exp.Distinct(expressions=[row]) if distinct else row]
        )
        if isinstance(call.parent, exp.Window) and call.arg_key == "this":
            call = call.parent
            window = call.copy()
            window.set("this", collected)
            collected = window
        name = self._functions.name_of(item, session, fixed=True)
        new: exp.Expr = exp.Anonymous(this=name, expressions=[exp.Literal.number(session.key), collected])
        return call, as_json(new) if definition.returns.is_semi_structured else new
