"""Move money between two tables in a transaction, by a procedure that runs in its caller's session."""

from __future__ import annotations

from pathlib import Path

from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkSQLException
from snowflake.snowpark.types import IntegerType, StringType


def transfer(session: Session, giver: str, taker: str, amount: int) -> int:
    """Move an amount, write it down, and count the notes."""
    session.sql(f"update ACCOUNTS set BALANCE = BALANCE - {amount} where NAME = '{giver}'").collect()
    session.sql(f"update ACCOUNTS set BALANCE = BALANCE + {amount} where NAME = '{taker}'").collect()
    session.sql(f"insert into NOTES select '{giver}', '{taker}', {amount}").collect()
    (left,) = session.sql(f"select BALANCE from ACCOUNTS where NAME = '{giver}'").collect()
    if left[0] < 0:
        raise ValueError(f"{giver} has too little")
    return session.table("NOTES").count()


def run(session: Session, folder: Path) -> None:
    session.sql("create table ACCOUNTS (NAME varchar, BALANCE int)").collect()
    session.sql("create table NOTES (GIVER varchar, TAKER varchar, AMOUNT int)").collect()
    session.sql("insert into ACCOUNTS values ('ann', 100), ('bo', 20)").collect()
    session.sproc.register(
        transfer,
        name="TRANSFER",
        return_type=IntegerType(),
        input_types=[StringType(), StringType(), IntegerType()],
        packages=["snowflake-snowpark-python"],
        execute_as="caller",
        replace=True,
    )

    def state() -> tuple[int, ...]:
        balances = dict(session.table("ACCOUNTS").collect())
        return balances["ann"], balances["bo"], session.table("NOTES").count()

    session.sql("begin").collect()
    session.sql("insert into NOTES values ('x', 'y', 0)").collect()
    session.sql("update ACCOUNTS set BALANCE = BALANCE + 1 where NAME = 'ann'").collect()
    assert session.call("TRANSFER", "ann", "bo", 30) == 2
    assert state() == (71, 50, 2)
    session.sql("rollback").collect()
    assert state() == (100, 20, 0)

    session.sql("begin").collect()
    told = ""
    try:
        session.call("TRANSFER", "bo", "ann", 500)
    except SnowparkSQLException as error:
        told = str(error)
    assert "bo has too little" in told
    session.sql("rollback").collect()
    assert state() == (100, 20, 0)

    session.sql("begin").collect()
    assert session.call("TRANSFER", "ann", "bo", 30) == 1
    session.sql("commit").collect()
    assert state() == (70, 50, 1)
    assert session.call("TRANSFER", "bo", "ann", 50) == 2
    assert state() == (120, 0, 2)
