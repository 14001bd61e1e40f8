"""Statements on their way: each runs in a thread of its own, and a client may ask for its outcome later or again."""

from __future__ import annotations

import contextlib
import logging
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Any

from embedded_snowflake import bindings
from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.results import Result
from embedded_snowflake.server import ended, side_by_side
from embedded_snowflake.sql.parse import dialect
from embedded_snowflake.sql.parse.passwords import without_password
from embedded_snowflake.state import session_parts, statement_words
from embedded_snowflake.state.engine import Engine
from embedded_snowflake.state.history import Entry
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import dispatch
from embedded_snowflake.statements import parameters as statement_parameters

logger = logging.getLogger(__name__)
KEPT_JOBS = 2000
STOP_SECONDS = 0.2
TIMEOUT = "STATEMENT_TIMEOUT_IN_SECONDS"
LEAVES_OPEN = "SNOWPARK_SKIP_TXN_COMMIT_IN_DDL"  # Snowpark's, for the temporary objects that it makes for itself
_MULTI = 0xA000
_CACHED = Result([])  # stands for a result that only the result cache has


@dataclass
class Job:
    """A statement that was sent.

    Attributes:
        describe: Whether only its columns are wanted.
        outcome: Its result or error, once there.
        stopped: Why it is to end before its time, or None.
    """

    query_id: str
    session: Session
    describe: bool
    sql: str
    outcome: Future[Result] = field(default_factory=Future)
    stopped: SnowflakeError | None = None
    _running: Session | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def result(self) -> Result:
        """Its result.

        Returns:
            The result, once `outcome` is there.

        Raises:
            SnowflakeError: The statement failed; or it was answered before, and its rows are kept no longer.
        """
        result = self.outcome.result()
        if result is not _CACHED:
            return result
        cached = self.session.engine.results.get(self.query_id)
        if cached is None:
            raise SnowflakeError(f"Statement {self.query_id} not found", 709, "02000")
        return cached

    def answered(self) -> None:
        """Leave a result's rows to the result cache alone, which does not keep them all."""
        if self.outcome.result().table is not None:
            self.outcome = Future()
            self.outcome.set_result(_CACHED)

    @contextlib.contextmanager
    def turn(self, *, several: bool) -> Iterator[Session]:
        """Take the statement's turn in its session; only now is it in the session's way.

        Args:
            several: Whether it is several statements sent as one, which run beside no other.

        Yields:
            Where it runs: its session, or a part of it beside another statement.

        Raises:
            SnowflakeError: It was stopped before its turn came.
        """
        with contextlib.ExitStack() as held:
            if side_by_side.cancels(self.sql):  # what it is to end may be in its way
                part = held.enter_context(session_parts.aside(self.session))
            elif held.enter_context(
                self.session.turns.take(lambda: not several and side_by_side.may(self.session, self.sql), self._check)
            ):
                part = held.enter_context(session_parts.beside(self.session))
            else:
                part = self.session
            with self._lock:
                self._check()
                self._running = part
            try:
                yield part
            finally:
                with self._lock:
                    self._running = None

    def calls(self, part: Session) -> bool:
        """Tell whether it is a CALL, direct or not, of the procedure that a part of a session belongs to."""
        caller = part.caller
        while caller is not None:
            if caller is self._running:
                return True
            caller = caller.caller
        return False

    def _check(self) -> None:
        if self.stopped is None and self.session.ended:
            self.stopped = canceled()
        if self.stopped is not None:
            raise self.stopped

    def stop(self, reason: SnowflakeError) -> None:
        """End it: what runs of it now, and what it would run next. Nothing happens once it has ended.

        Args:
            reason: The error that the client is told.
        """
        if self.stopped is not None or self.outcome.done():
            return
        self.stopped = reason
        threading.Thread(target=self._stopping, name=f"stop-{self.query_id}", daemon=True).start()

    def _stopping(self) -> None:
        # Again and again: DuckDB forgets an interruption that comes between two of the statement's steps.
        while True:
            with self._lock:
                if self._running is not None:
                    self._running.cancel()
            with contextlib.suppress(TimeoutError, CancelledError):
                self.outcome.exception(STOP_SECONDS)
                return


class Executor:
    """Runs statements and remembers their outcomes.

    Args:
        engine: Gets told how statements are cancelled.
    """

    def __init__(self, engine: Engine) -> None:
        engine.cancel = self.cancel_named
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._requests: OrderedDict[tuple[int, str], Job] = OrderedDict()
        self._lock = threading.Lock()

    def submit(self, session: Session, body: dict[str, Any], request_id: str) -> Job:
        """Start a statement, unless this very request was sent before (a client repeats one whose answer it missed).

        Args:
            body: The request: sqlText, bindings, describeOnly, parameters.
            request_id: The client's id of the request.

        Returns:
            The statement on its way.
        """
        key = (session.number, request_id)
        with self._lock:
            known = self._requests.get(key) if request_id else None
            if known is not None:
                return known
            job = Job(str(uuid.uuid4()), session, bool(body.get("describeOnly")), str(body.get("sqlText", "")))
            self._jobs[job.query_id] = job
            self._requests[key] = job
            for kept in (self._jobs, self._requests):
                while len(kept) > KEPT_JOBS:
                    kept.popitem(last=False)
        threading.Thread(target=self._run, args=(job, body), name=f"query-{job.query_id}", daemon=True).start()
        return job

    def find(self, query_id: str) -> Job | None:
        """Find a statement.

        Returns:
            The statement, or None when it is forgotten or never was.
        """
        with self._lock:
            return self._jobs.get(query_id)

    def cancel(self, session: Session, request_id: str) -> None:
        """Stop a running statement.

        Args:
            request_id: The client's id of the request that sent it; one that never came stops nothing.
        """
        with self._lock:
            job = self._requests.get((session.number, request_id))
        if job is not None:
            job.stop(canceled())

    def cancel_named(self, name: str, asker: Session) -> int:
        """Stop what SYSTEM$CANCEL_QUERY or SYSTEM$CANCEL_ALL_QUERIES names.

        Args:
            name: Id of a statement, or number of a session.
            asker: Who asks; in a procedure, what it was called by goes on.

        Returns:
            How many statements had not ended.
        """
        with self._lock:
            named = [
                job
                for job in self._jobs.values()
                if name in (job.query_id, str(job.session.number)) and not job.outcome.done()
            ]
        jobs = [job for job in named if not side_by_side.cancels(job.sql) and not job.calls(asker)]
        for job in jobs:
            job.stop(canceled())
        return len(jobs)

    def abort(self, session: Session) -> None:
        """Stop all statements of a session."""
        with self._lock:
            jobs = [job for job in self._jobs.values() if job.session is session]
        for job in jobs:
            job.stop(canceled())

    def _run(self, job: Job, body: dict[str, Any]) -> None:
        sql = job.sql
        parameters = {str(name).upper(): value for name, value in (body.get("parameters") or {}).items()}
        limit = _seconds(parameters.get(TIMEOUT, job.session.parameters.get(TIMEOUT)))
        alarm = threading.Timer(limit, job.stop, [_too_long(limit)]) if limit else None
        if alarm is not None:
            alarm.daemon = True
            alarm.start()
        try:
            wanted = int(parameters.get("MULTI_STATEMENT_COUNT", 1))
            several = wanted != 1
            with job.turn(several=several) as part:
                result = (
                    self._execute_many(job, wanted, parameters) if several else _execute(job, part, body, parameters)
                )
            job.outcome.set_result(result)
        except SnowflakeError as error:
            if error is job.stopped and not job.describe:
                _record_stop(job, parameters)
            job.outcome.set_exception(error)
        except RecursionError:
            job.outcome.set_exception(not_supported("a statement nested this deep"))
        except BaseException:  # a fault of ours is the statement's error, never a dead client
            logger.exception("statement failed: %s", sql[:2000])
            job.outcome.set_exception(not_supported(f"{statement_words.named(sql)}, in this form"))
        finally:
            if alarm is not None:
                alarm.cancel()

    def _execute_many(self, job: Job, wanted: int, parameters: dict[str, Any]) -> Result:
        """Run several statements sent as one; each keeps its own id, by which the client asks for its result."""
        statements = dialect.split_statements(job.sql)
        if wanted not in (0, len(statements)):
            raise SnowflakeError(
                f"Actual statement count {len(statements)} did not match the desired statement count {wanted}.",
                8,
                "0A000",
            )
        children = []
        for statement in statements:
            child = Job(str(uuid.uuid4()), job.session, False, statement)
            child.outcome.set_result(_execute(child, job.session, {}, parameters))
            with self._lock:
                self._jobs[child.query_id] = child
            children.append(child)
        return MultiResult([], rows=[], statement_type=_MULTI, children=[child.query_id for child in children])


def canceled() -> SnowflakeError:
    """Make the error of a statement that its client cancelled.

    Returns:
        Error 000604 (57014).
    """
    return SnowflakeError("SQL execution canceled", 604, "57014")


def _too_long(limit: float) -> SnowflakeError:
    return SnowflakeError(
        f"Statement reached its statement or warehouse timeout of {limit:g} second(s) and was canceled.", 630, "57014"
    )


def _seconds(value: Any) -> float:
    """Read a parameter's seconds; 0, Snowflake's longest, for what is not set."""
    return float(value) if str(value).isdigit() else 0.0


@dataclass
class MultiResult(Result):
    """The answer to several statements sent as one.

    Attributes:
        children: Ids of the statements, in order.
    """

    children: list[str] = field(default_factory=list)


def _execute(job: Job, part: Session, body: dict[str, Any], parameters: dict[str, Any]) -> Result:
    engine = part.engine
    rows = bindings.of_request(body.get("bindings") or {})
    for name, value in parameters.items():
        statement_parameters.check(name, value)
        if name == "TIMEZONE":
            raise not_supported("TIMEZONE of one statement")
    if job.describe:
        return dispatch.run(part, job.sql, rows, describe=True)
    leaves_open = str(parameters.get(LEAVES_OPEN)).lower() == "true"
    engine.history.begin(_entry(job, part, parameters))
    kind = statement_words.first(job.sql)
    try:
        result = dispatch.run(part, job.sql, rows, query_id=job.query_id, leaves_open=leaves_open)
    except SnowflakeError as error:
        told = error if job.stopped is None else job.stopped
        took = ended.failed(kind, told, part)
        engine.history.end(job.query_id, kind, took, told.code, told.message)
        raise told from error
    except BaseException:
        engine.history.end(job.query_id, kind, code=2, message="The server failed on this statement.")
        raise
    finally:
        job.session.last_query_id = job.query_id
        job.session.query_ids.append(job.query_id)
    engine.history.end(job.query_id, *ended.told(kind, result, part))
    engine.results.put(job.query_id, result)
    return result


def _entry(job: Job, part: Session, parameters: dict[str, Any]) -> Entry:
    tag = str(parameters.get("QUERY_TAG", part.query_tag))
    names = (part.database, part.schema, part.number, part.user, part.role, part.warehouse, tag)
    return Entry(job.query_id, without_password(job.sql), *names)


def _record_stop(job: Job, parameters: dict[str, Any]) -> None:
    """Let the history say so of a statement that was stopped before its turn came."""
    history, stopped = job.session.engine.history, job.stopped
    if stopped is not None and history.status(job.query_id) is None:
        history.begin(_entry(job, job.session, parameters))
        history.end(job.query_id, statement_words.first(job.sql), code=stopped.code, message=stopped.message)
