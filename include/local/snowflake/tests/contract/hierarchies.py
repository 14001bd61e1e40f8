"""The contract of CONNECT BY, over a table of employees and their managers."""

from __future__ import annotations

from tests.contract.cases import Case

STAFF = (
    "create or replace temporary table STAFF (TITLE varchar, ID int, BOSS int)",
    "insert into STAFF values ('Head', 1, null), ('Engineering', 10, 1), ('Tester', 101, 10), ('People', 20, 1), ('Clerk', 200, 20)",
)


def _tree(
    what: str, sql: str, rows: list[tuple[object, ...]] | None = None, error: tuple[int, str] | None = None
) -> Case:
    return Case("Hierarchies", what, (*STAFF, sql), rows or [], error=error)


HIERARCHIES = [
    _tree(
        "CONNECT BY with LEVEL",
        "select ID, level from STAFF start with BOSS is null connect by BOSS = prior ID order by ID",
        [(1, 1), (10, 2), (20, 2), (101, 3), (200, 3)],
    ),
    _tree(
        "PRIOR in the list of columns is NULL at the root",
        "select ID, prior TITLE, prior ID + 1 as NEXT from STAFF start with ID = 1 connect by prior ID = BOSS order by ID",
        [(1, None, None), (10, "Head", 2), (20, "Head", 2), (101, "Engineering", 11), (200, "People", 21)],
    ),
    _tree(
        "CONNECT_BY_ROOT",
        "select ID, connect_by_root TITLE as ROOT from STAFF start with BOSS = 1 connect by BOSS = prior ID order by ID",
        [(10, "Engineering"), (20, "People"), (101, "Engineering"), (200, "People")],
    ),
    _tree(
        "SYS_CONNECT_BY_PATH of texts and numbers",
        "select sys_connect_by_path(TITLE, ' -> '), sys_connect_by_path(ID, '/') from STAFF"
        " start with ID = 1 connect by BOSS = prior ID order by 1 limit 3",
        [(" -> Head", "/1"), (" -> Head -> Engineering", "/1/10"), (" -> Head -> Engineering -> Tester", "/1/10/101")],
    ),
    _tree(
        "WHERE filters what the tree has, and not what it is made of",
        "select ID from STAFF where ID <> 10 start with ID = 1 connect by BOSS = prior ID order by ID",
        [(1,), (20,), (101,), (200,)],
    ),
    _tree(
        "LEVEL and further conditions in CONNECT BY, which may stand before START WITH",
        "select ID from STAFF connect by BOSS = prior ID and level < 3 and TITLE <> 'People' start with ID = 1 order by ID",
        [(1,), (10,)],
    ),
    _tree(
        "without START WITH every row is a root",
        "select count(*), max(level) from STAFF connect by BOSS = prior ID",
        [(11, 3)],
    ),
    _tree(
        "of a common table, grouped, with all its columns",
        "with Q as (select * from STAFF) select level, count(*), min(T) from"
        " (select *, level, TITLE as T from Q start with ID = 1 connect by BOSS = prior ID) group by level order by level",
        [(1, 1, "Head"), (2, 2, "Engineering"), (3, 2, "Clerk")],
    ),
    _tree(
        "SYS_CONNECT_BY_PATH without CONNECT BY",
        "select sys_connect_by_path(ID, '/') from STAFF",
        error=(2140, "SYS_CONNECT_BY_PATH"),
    ),
]
REFUSED_HIERARCHIES = [
    ("Hierarchies", "rows that are their own ancestors", "select A from T start with A = 1 connect by prior A = A"),
    (
        "Hierarchies",
        "CONNECT BY over several tables",
        "select T.A from T join T U on true start with T.A = 1 connect by prior T.A = T.A + 1",
    ),
    ("Hierarchies", "NOCYCLE", "select A from T start with A = 1 connect by nocycle prior A = A"),
]
