"""How findings are said, and that no check holds up the others."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

from include.doctor.findings import Finding, State, as_json, as_text, refused, verdict
from include.doctor.running import Check, run

FOUND = [
    Finding("Snowflake", "login", State.OK, "ANN by key pair"),
    Finding("Snowflake", "warehouse WH", State.MISSING, "there is none", "CREATE WAREHOUSE WH;"),
    Finding("cluster", "nodes", State.UNKNOWN),
]


def test_lines_for_people_say_what_is_missing_and_what_mends_it() -> None:
    assert as_text(FOUND).splitlines() == [
        "Snowflake",
        "  ok              login: ANN by key pair",
        "  missing         warehouse WH: there is none",
        "                  mend: CREATE WAREHOUSE WH;",
        "",
        "cluster",
        "  could not look  nodes",
    ]
    assert verdict(FOUND) == "1 ok, 1 missing, 1 could not be looked at"


def test_programs_get_the_same() -> None:
    read = json.loads(as_json(FOUND))
    assert [one["state"] for one in read] == ["ok", "missing", "could not look"]
    assert read[1]["mend"] == "CREATE WAREHOUSE WH;"


def test_a_message_of_ours_is_taken_apart() -> None:
    found = refused("Snowflake", "login", "There is no connection x.\nWhat to do: add one,\nor two.")
    assert (found.words, found.mend) == ("There is no connection x.", "add one, or two.")


def test_a_check_that_gets_no_answer_is_left_behind_with_what_it_found() -> None:
    answer = threading.Event()

    def waits() -> Iterator[Finding]:
        yield FOUND[0]
        answer.wait()

    def breaks() -> Iterator[Finding]:
        yield FOUND[2]
        raise OSError("a gap\nin the check")

    begun = time.monotonic()
    found = list(run([Check("slow", waits, "open the firewall"), Check("broken", breaks)], 0.2))
    answer.set()
    assert time.monotonic() - begun < 5
    assert found == [
        FOUND[0],
        Finding("slow", "an answer", State.MISSING, "none within 0.2 s", "open the firewall"),
        FOUND[2],
        Finding("broken", "the rest", State.UNKNOWN, "OSError: a gap in the check"),
    ]
