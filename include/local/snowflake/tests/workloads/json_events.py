"""Load JSON lines, flatten nested items, aggregate, and build nested documents again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from snowflake.snowpark import Session
from snowflake.snowpark import functions as F

from tests.workloads.helpers import same


def run(session: Session, folder: Path) -> None:
    made = np.random.default_rng(2)
    orders = []
    for number in range(60):
        items = [
            {
                "sku": f"s{made.integers(9)}",
                "qty": int(made.integers(1, 5)),
                "price": float(made.integers(100, 999)) / 4,
            }
            for _ in range(made.integers(4))
        ]
        order = {"id": number, "customer": {"name": f"c{number % 7}", "tags": ["a", "b"][: number % 3]}, "items": items}
        orders.append(order | ({"note": None} if number % 2 else {"note": "it's"}))
    path = folder / "orders.json"
    path.write_text("\n".join(map(json.dumps, orders)))
    session.sql("create stage EVENTS file_format = (type = json)").collect()
    session.file.put(str(path), "@EVENTS")
    session.sql("create table RAW (V variant, FILE varchar)").collect()
    session.sql("copy into RAW from (select $1, metadata$filename from @EVENTS)").collect()

    items = session.sql(
        """select V:id::int as ID, V:customer.name::varchar as CUSTOMER, i.index as PLACE, i.value:sku::varchar as SKU,
                  i.value:qty::int as QTY, i.value:price::float as PRICE
           from RAW, lateral flatten(input => V:items) i"""
    )
    rows = [
        (o["id"], o["customer"]["name"], n, i["sku"], i["qty"], i["price"])
        for o in orders
        for n, i in enumerate(o["items"])
    ]
    expected = pd.DataFrame(rows, columns=["ID", "CUSTOMER", "PLACE", "SKU", "QTY", "PRICE"])
    same(items, expected, ["ID", "PLACE"])

    sold = items.group_by("SKU").agg(
        F.sum(F.col("QTY") * F.col("PRICE")).alias("REVENUE"), F.count_distinct("CUSTOMER").alias("CUSTOMERS")
    )
    by_sku = (
        expected.assign(REVENUE=expected.QTY * expected.PRICE)
        .groupby("SKU")
        .agg(REVENUE=("REVENUE", "sum"), CUSTOMERS=("CUSTOMER", "nunique"))
    )
    same(sold, by_sku.reset_index(), ["SKU"])

    # Null in JSON is no NULL until it is cast; a missing key is.
    (counts,) = session.sql(
        "select count_if(is_null_value(V:note)), count_if(V:note::varchar is null), count_if(V:nothing is null)"
        " from RAW"
    ).collect()
    assert tuple(counts) == (30, 30, 60), counts

    # Outer keeps orders without items; arrays are sizes, and objects are built again.
    outer = session.sql("""select V:id::int as ID, count(i.value) as N, array_size(V:customer.tags) as TAGS
           from RAW, lateral flatten(input => V:items, outer => true) i group by V""")
    sizes = pd.DataFrame(
        [(o["id"], len(o["items"]), len(o["customer"]["tags"])) for o in orders], columns=["ID", "N", "TAGS"]
    )
    same(outer, sizes, ["ID"])
    documents = items.group_by("CUSTOMER").agg(
        F.array_agg(F.object_construct(F.lit("sku"), F.col("SKU"), F.lit("qty"), F.col("QTY"))).alias("DOCUMENT")
    )
    for row in documents.collect():
        wanted = [
            {"sku": i["sku"], "qty": i["qty"]}
            for o in orders
            if o["customer"]["name"] == row["CUSTOMER"]
            for i in o["items"]
        ]
        assert _ordered(json.loads(row["DOCUMENT"])) == _ordered(wanted)
    exploded = documents.select("CUSTOMER", F.explode("DOCUMENT")).group_by("CUSTOMER").agg(F.count("*").alias("N"))
    same(exploded, expected.groupby("CUSTOMER").size().rename("N").reset_index(), ["CUSTOMER"])


def _ordered(items: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(items, key=lambda item: (str(item["sku"]), str(item["qty"])))
