"""Python functions as DuckDB sees them: one Arrow function each, that hands its batches to workers."""

from __future__ import annotations

import inspect
import itertools
import uuid
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

import duckdb
import pyarrow as pa

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.names import literal
from embedded_snowflake.python.interpreter import values
from embedded_snowflake.python.loading import code_of
from embedded_snowflake.python.registry import Registered
from embedded_snowflake.python.workers import Pool
from embedded_snowflake.state.session import Session

_ERRORS_KEPT = 200
_ERROR_MARK = "python-error-"


class DuckFunctions:
    """Registers functions with DuckDB when they are first called.

    Args:
        pool: The workers.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = Lock()
        self._root: duckdb.DuckDBPyConnection | None = None
        self._known: set[str] = set()
        self._own: dict[tuple[int, str], list[str]] = {}  # made in transactions, by session and function
        self._numbers = itertools.count(1)
        self._errors: OrderedDict[str, SnowflakeError] = OrderedDict()

    def name_of(self, item: Registered, session: Session, fixed: bool) -> str:
        """Give the DuckDB function that computes a Python function; register it if that is to do.

        A scalar function takes its arguments. An aggregate or table function takes a list of structs of them, the rows
        of a group or partition; a table function returns a list of structs: the input row's number, then the output
        columns.

        Its first argument is the number that `Pool.cancel` knows the statement's session by; it also tells a function
        without arguments how many rows there are.

        Args:
            item: The function.
            session: Session whose statement calls it.
            fixed: Whether equal arguments may be computed once for all rows and statements may be planned so.

        Returns:
            Name of the DuckDB function.
        """
        name = f"_python_{item.id}" + ("" if fixed else "_volatile")
        definition = item.definition
        types = [argument.type.duck for argument in definition.arguments]
        if definition.columns is not None or definition.aggregate:
            types = [
                f"STRUCT({', '.join(f'a{place} {declared}' for place, declared in enumerate(types)) or 'a0 BIGINT'})[]"
            ]
        if definition.columns is None:
            assert definition.returns is not None
            returns = definition.returns.duck
        else:
            outputs = "".join(f", c{place} {declared.duck}" for place, (_, declared) in enumerate(definition.columns))
            returns = f'STRUCT("row" BIGINT{outputs})[]'
        computation = self._computation(item, len(types))
        with self._lock:
            if name not in self._known:
                if self._root is None:
                    # Not of the session's connection, which ends, and its cursors with it.
                    self._root = session.engine.root.cursor()
                _create(self._root, name, computation, ["BIGINT", *types], returns, fixed)
                self._known.add(name)
        if not session.transaction.is_open:
            return name
        # An open transaction does not see what came after its start: there it gets a function of its own, under a new
        # name each time, since a rollback takes it away and DuckDB's client will not have the name again.
        own = self._own.setdefault((session.key, name), [])
        listed = ", ".join(literal(known) for known in (name, *own))
        sql = f"select max(function_name) from duckdb_functions() where function_name in ({listed})"
        [(visible,)] = session.duck.execute(sql).fetchall()
        if visible is not None:
            return str(visible)
        own[:] = [f"{name}_{next(self._numbers)}"]
        _create(session.duck, own[0], computation, ["BIGINT", *types], returns, fixed)
        return own[0]

    def error_of(self, error: duckdb.Error) -> SnowflakeError | None:
        """Find the error of ours that DuckDB wrapped.

        Args:
            error: DuckDB's error.

        Returns:
            The error that a worker gave, or None.
        """
        _, mark, rest = str(error).partition(_ERROR_MARK)
        return self._errors.get(rest[:32]) if mark else None

    def forget(self, item: Registered) -> None:
        """Remove a dropped function from DuckDB.

        Args:
            item: The function.
        """
        with self._lock:
            for name in [known for known in self._known if known.startswith(f"_python_{item.id}")]:
                assert self._root is not None
                self._root.remove_function(name)
                self._known.discard(name)

    def _computation(self, item: Registered, count: int) -> Callable[..., pa.Array]:
        limits = self._pool.limits
        simple = item.definition.columns is None and not item.definition.aggregate
        seconds = limits.batch_seconds if simple else limits.procedure_seconds

        def compute(*arguments: pa.ChunkedArray) -> pa.Array:
            owners, *columns = arguments
            rows = len(owners)
            batch = values.write(pa.table(columns, [str(place) for place in range(len(columns))])) if columns else b""
            try:
                with self._pool.function(code_of(item), owners[0].as_py()) as worker:
                    _, body = worker.call({"op": "batch", "rows": rows}, batch, seconds)
            except SnowflakeError as error:
                raise self._marked(error) from None
            return values.read(body).column(0)

        # DuckDB counts a function's parameters by its signature.
        names = [f"a{place}" for place in range(count + 1)]
        parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
        compute.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return compute

    def _marked(self, error: SnowflakeError) -> RuntimeError:
        """DuckDB passes on an exception's text only: keep the error and let the text name it."""
        key = uuid.uuid4().hex
        with self._lock:
            self._errors[key] = error
            while len(self._errors) > _ERRORS_KEPT:
                self._errors.popitem(last=False)
        return RuntimeError(f"{_ERROR_MARK}{key}: {error.message}")


def _create(
    duck: duckdb.DuckDBPyConnection,
    name: str,
    function: Callable[..., pa.Array],
    types: list[str],
    returns: str,
    fixed: bool,
) -> None:
    duck.create_function(  # type: ignore[call-overload]
        name, function, types, returns, type="arrow", null_handling="special", side_effects=not fixed
    )
