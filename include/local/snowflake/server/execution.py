"""Statements on their way: each runs in a thread of its own, and a client may ask for its outcome later or again."""

from __future__ import annotations

import logging
import threading
import uuid
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from include.local.snowflake import bindings
from include.local.snowflake.errors import SnowflakeError, not_supported
from include.local.snowflake.results import Result
from include.local.snowflake.sql import dialect
from include.local.snowflake.state.history import Entry
from include.local.snowflake.state.session import Session

logger = logging.getLogger(__name__)
KEPT_JOBS = 2000
_MULTI = 0xA000


@dataclass
class Job:
    """A statement that was sent.

    Attributes:
        query_id: Its id.
        session: Whose it is.
        describe: Whether only its columns are wanted.
        outcome: Its result or error, once there.
    """

    query_id: str
    session: Session
    describe: bool
    outcome: Future[Result] = field(default_factory=Future)


class Executor:
    """Runs statements and remembers their outcomes."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._requests: OrderedDict[tuple[int, str], Job] = OrderedDict()
        self._lock = threading.Lock()

    def submit(self, session: Session, body: dict[str, Any], request_id: str) -> Job:
        """Start a statement, unless this very request was sent before (a client repeats one whose answer it missed).

        Args:
            session: Whose.
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
            job = Job(str(uuid.uuid4()), session, bool(body.get("describeOnly")))
            self._jobs[job.query_id] = job
            self._requests[key] = job
            for kept in (self._jobs, self._requests):
                while len(kept) > KEPT_JOBS:
                    kept.popitem(last=False)
        threading.Thread(target=self._run, args=(job, body), name=f"query-{job.query_id}", daemon=True).start()
        return job

    def find(self, query_id: str) -> Job | None:
        """Find a statement.

        Args:
            query_id: Its id.

        Returns:
            The statement, or None when it is forgotten or never was.
        """
        with self._lock:
            return self._jobs.get(query_id)

    def cancel(self, session: Session, request_id: str) -> None:
        """Stop a running statement.

        Args:
            session: Whose.
            request_id: The client's id of the request that sent it; "" for whatever runs.
        """
        with self._lock:
            job = self._requests.get((session.number, request_id))
        if job is None or not job.outcome.done():
            session.cancel()

    def _run(self, job: Job, body: dict[str, Any]) -> None:
        sql = str(body.get("sqlText", ""))
        parameters = {str(name).upper(): value for name, value in (body.get("parameters") or {}).items()}
        try:
            with job.session.lock:
                wanted = int(parameters.get("MULTI_STATEMENT_COUNT", 1))
                several = wanted != 1
                result = self._execute_many(job, sql, wanted, parameters) if several else _execute(job, sql, body, parameters)
            job.outcome.set_result(result)
        except SnowflakeError as error:
            job.outcome.set_exception(error)
        except RecursionError:
            job.outcome.set_exception(not_supported("a statement nested this deep"))
        except BaseException as error:  # a fault of ours is the statement's error, never a dead client
            logger.exception("statement failed: %s", sql[:2000])
            job.outcome.set_exception(not_supported(f"this statement ({type(error).__name__}: {error})"))

    def _execute_many(self, job: Job, sql: str, wanted: int, parameters: dict[str, Any]) -> Result:
        """Run several statements sent as one; each keeps its own id, by which the client asks for its result."""
        statements = dialect.split_statements(sql)
        if wanted not in (0, len(statements)):
            raise SnowflakeError(
                f"Actual statement count {len(statements)} did not match the desired statement count {wanted}.", 8, "0A000"
            )
        children = []
        for statement in statements:
            child = Job(str(uuid.uuid4()), job.session, False)
            child.outcome.set_result(_execute(child, statement, {}, parameters))
            with self._lock:
                self._jobs[child.query_id] = child
            children.append(child)
        return MultiResult([], rows=[], statement_type=_MULTI, children=[child.query_id for child in children])


@dataclass
class MultiResult(Result):
    """The answer to several statements sent as one.

    Attributes:
        children: Ids of the statements, in order.
    """

    children: list[str] = field(default_factory=list)


def _execute(job: Job, sql: str, body: dict[str, Any], parameters: dict[str, Any]) -> Result:
    session, engine = job.session, job.session.engine
    rows = bindings.of_request(body.get("bindings") or {})
    if job.describe:
        return session.run(sql, rows, describe=True)
    session.query_id = job.query_id
    tag = str(parameters.get("QUERY_TAG", session.query_tag))
    names = (session.database, session.schema, session.number, session.user, session.role, session.warehouse, tag)
    engine.history.begin(Entry(job.query_id, sql, *names))
    kind = " ".join(sql.split()[:1]).upper()
    try:
        result = session.run(sql, rows)
    except SnowflakeError as error:
        engine.history.end(job.query_id, kind, 0, error.code, error.message)
        raise
    except BaseException as error:
        engine.history.end(job.query_id, kind, 0, 2, f"{type(error).__name__}: {error}")
        raise
    finally:
        session.last_query_id = job.query_id
    engine.history.end(job.query_id, kind, result.row_count)
    engine.results.put(job.query_id, result)
    return result
