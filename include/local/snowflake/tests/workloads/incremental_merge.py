"""Apply batches of changes (inserts, updates, deletes, late and repeated ones) to a dimension by MERGE."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from snowflake.snowpark import Session, Window
from snowflake.snowpark import functions as F

from tests.workloads.helpers import same

BATCHES = [
    [(1, "Ann", "Berlin", "I", 1), (2, "Bo", "Paris", "I", 1), (3, "Cy", None, "I", 1), (2, "Bo", "Lyon", "U", 2)],
    [(1, "Ann", "Bonn", "U", 4), (1, "Ann", "Köln", "U", 3), (3, "Cy", None, "D", 5), (4, "Di", "Rome", "I", 5)],
    [(4, "Di", "Rome", "D", 6), (4, "Di", "Bari", "I", 7), (2, "Bo", "Nice", "U", 1), (5, None, "", "I", 8)],
]
NAMES = ["ID", "NAME", "CITY", "OPERATION", "CHANGED"]


def run(session: Session, folder: Path) -> None:
    session.sql("create table CUSTOMERS (ID int primary key, NAME varchar, CITY varchar, CHANGED int)").collect()
    session.sql(
        "create table CHANGES (ID int, NAME varchar, CITY varchar, OPERATION varchar(1), CHANGED int)"
    ).collect()
    counts = []
    for batch in BATCHES:
        session.sql("truncate table CHANGES").collect()
        session.write_pandas(pd.DataFrame(batch, columns=NAMES), "CHANGES")
        counts.append(_merge(session))
    assert counts == [(3, 0, 0), (1, 1, 1), (1, 1, 0)], counts
    same(session.table("CUSTOMERS"), _expected(), ["ID"])

    # The same by the DataFrame's own merge, into a copy.
    session.sql("create table COPIED like CUSTOMERS").collect()
    target = session.table("COPIED")
    for batch in BATCHES:
        source = session.create_dataframe(batch, schema=NAMES)
        latest = source.with_column(
            "N", F.row_number().over(Window.partition_by("ID").order_by(F.col("CHANGED").desc()))
        )
        latest = latest.filter(F.col("N") == 1).drop("N")
        values = {name: latest[name] for name in ("ID", "NAME", "CITY", "CHANGED")}
        newer = (latest["CHANGED"] > target["CHANGED"]) & (latest["OPERATION"] != "D")
        target.merge(
            latest,
            target["ID"] == latest["ID"],
            [
                F.when_matched((latest["OPERATION"] == "D") & (latest["CHANGED"] > target["CHANGED"])).delete(),
                F.when_matched(newer).update(values),
                F.when_not_matched(latest["OPERATION"] != "D").insert(values),
            ],
        )
    same(session.table("COPIED"), _expected(), ["ID"])


def _merge(session: Session) -> tuple[int, ...]:
    (row,) = session.sql(
        """merge into CUSTOMERS T using (
             select * from CHANGES qualify row_number() over (partition by ID order by CHANGED desc) = 1
           ) S on T.ID = S.ID
           when matched and S.OPERATION = 'D' and S.CHANGED > T.CHANGED then delete
           when matched and S.CHANGED > T.CHANGED then update set NAME = S.NAME, CITY = S.CITY, CHANGED = S.CHANGED
           when not matched and S.OPERATION <> 'D' then
             insert (ID, NAME, CITY, CHANGED) values (S.ID, S.NAME, S.CITY, S.CHANGED)"""
    ).collect()
    return tuple(row)


def _expected() -> pd.DataFrame:
    kept: dict[int, tuple[object, ...]] = {}
    for batch in BATCHES:
        latest = pd.DataFrame(batch, columns=NAMES).sort_values("CHANGED").groupby("ID").tail(1)
        for row in latest.itertuples(index=False):
            known = kept.get(row.ID)
            if known is not None and known[3] >= row.CHANGED:
                continue
            if row.OPERATION == "D":
                kept.pop(row.ID, None)
            else:
                kept[row.ID] = (row.ID, row.NAME, row.CITY, row.CHANGED)
    return pd.DataFrame(list(kept.values()), columns=["ID", "NAME", "CITY", "CHANGED"])
