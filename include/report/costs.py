"""Computes what a task cost from its measures and from prices, with the formula of each figure.

What is not known (no price, no warehouse size, no measure) stays unknown: a sum then is "at least".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from include.report.values import amount, mapping, text, total

GB = 2**30
"""Bytes of a GB of memory: those who bill pods by the GB count so."""
HOUR = 3600

IN_WAREHOUSE = ("stored_procedure", "udf")
"""Ways to run a function in which the warehouse's own machines run it: what it costs is the warehouse's time."""


@dataclass(frozen=True)
class Part:
    """A part of what a task cost.

    Attributes:
        name: `warehouse`, `pod`, `worker` or `earlier tries`.
        amount: in the prices' currency; None if it is not known.
        formula: how the amount comes about, with the figures; or what is missing.
    """

    name: str
    amount: float | None
    formula: str


@dataclass(frozen=True)
class _Charged:
    """What of a pod is charged: core seconds or GB seconds, as a formula, and why so much."""

    value: float
    formula: str
    why: str


@dataclass(frozen=True)
class Prices:
    """Prices, as an environment's file has them.

    Attributes:
        currency: such as `USD`.
        credit: the price of a credit, or None.
        credits: credits an hour by warehouse size; the sizes as `size_word` spells them.
        cpu_hour: the price of a CPU core for an hour, or None.
        gb_hour: the price of a GB of memory for an hour, or None.
        sources: where the prices come from, by their key.
    """

    currency: str
    credit: float | None
    credits: Mapping[str, float]
    cpu_hour: float | None
    gb_hour: float | None
    sources: Mapping[str, str]

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> Prices:
        """Take the prices from the merged section `prices`; what is missing or no price is None."""
        by_key = {key: mapping(section.get(key)) for key in ("credit", "cpu_hour", "gb_hour")}
        priced = {key: amount(found.get("price")) for key, found in by_key.items()}
        sizes = mapping(section.get("credits_per_hour"))
        return cls(
            currency=text(section.get("currency")) or "USD",
            credit=priced["credit"],
            credits={
                size_word(str(size)): found for size, value in sizes.items() if (found := amount(value)) is not None
            },
            cpu_hour=priced["cpu_hour"],
            gb_hour=priced["gb_hour"],
            sources={key: source for key, found in by_key.items() if (source := text(found.get("source")))},
        )


def size_word(size: str) -> str:
    """Spell a warehouse's size in one way.

    Args:
        size: as Snowflake shows it (`2X-Large`) or takes it (`XXLARGE`, `X2LARGE`).

    Returns:
        Such as `XSMALL`, `MEDIUM`, `2XLARGE`.
    """
    word = re.sub(r"[^0-9A-Z]", "", size.upper())
    if found := re.fullmatch(r"X(\d)LARGE", word):
        return f"{found[1]}XLARGE"
    if found := re.fullmatch(r"(X{2,})LARGE", word):
        return f"{len(found[1])}XLARGE"
    return word


def cost_of(measures: Mapping[str, Any], seconds: float | None, prices: Prices) -> list[Part]:
    """Return the parts of what a try of a task cost.

    Args:
        measures: the task's measures.
        seconds: how long the try took, from its start to its end.
        prices: the prices.

    Returns:
        The warehouse's part, and that of the pod, or of the interpreter on Airflow's worker, where there was one.
    """
    parts = [_warehouse(measures, prices)]
    if mapping(measures.get("pod")):
        parts.append(_pod(measures, seconds, prices))
    elif measures.get("run_as") == "session":
        parts.append(_worker(measures, seconds, prices))
    elif measures.get("run_as") in ("pod", "stream", "container"):
        parts.append(Part("pod", None, "not known: nothing is known of the pod"))
    return parts


def summed(parts: Iterable[Part]) -> dict[str, Any]:
    """Sum parts.

    Args:
        parts: of one task or of several.

    Returns:
        `amount` (None if no part is known), `complete` (False: it is at least that) and `parts`, as mappings.
    """
    every = list(parts)
    found = total(part.amount for part in every)
    complete = found.complete and bool(every)
    shown = [{"name": part.name, "amount": part.amount, "formula": part.formula} for part in every]
    return {"amount": found.value, "complete": complete, "parts": shown}


def merged(parts: Iterable[Part]) -> Iterator[Part]:
    """Merge the parts of several instances of a mapped task, so that each name is there once.

    Args:
        parts: of all instances.

    Yields:
        A part a name, with the sum of what is known; unknown if none of them is, or not all are.
    """
    by_name: dict[str, list[Part]] = {}
    for part in parts:
        by_name.setdefault(part.name, []).append(part)
    for name, found in by_name.items():
        if len(found) == 1:
            yield found[0]
            continue
        known = [part for part in found if part.amount is not None]
        lacking = next((part.formula for part in found if part.amount is None), None)
        if known:
            formula = f"sum over {len(known):,} instances, the first: {known[0].formula}"
            yield Part(name, sum(part.amount or 0 for part in known), formula)
        if lacking:
            yield Part(name, None, f"of {len(found) - len(known):,} instances {lacking}")


def plain(value: float) -> str:
    """Write a number so that it can be computed with: no more digits than it takes.

    Args:
        value: the number.

    Returns:
        Such as `12.3`, `0.00445`, `1,024`.
    """
    if value == int(value) and abs(value) < 10**15:
        return f"{int(value):,}"
    digits = f"{value:,.3f}" if abs(value) >= 1 else f"{value:.4g}" if abs(value) >= 1e-4 else f"{value:.3e}"
    return digits.rstrip("0").rstrip(".") if "." in digits and "e" not in digits else digits


def _warehouse(measures: Mapping[str, Any], prices: Prices) -> Part:
    seconds = amount(measures.get("warehouse_seconds"))
    if seconds == 0 or (seconds is None and measures.get("statements") == 0):
        return Part("warehouse", 0.0, "no statement took time in a warehouse")
    size = text(measures.get("warehouse_size"))
    rate = prices.credits.get(size_word(size)) if size else None
    if seconds is None:
        return Part("warehouse", None, "not known: no warehouse time was measured")
    if size is None:
        return Part("warehouse", None, f"not known: {plain(seconds)} s in a warehouse of unknown size")
    if rate is None:
        return Part("warehouse", None, f"not known: `prices` has no credits_per_hour of {size}")
    if prices.credit is None:
        return Part("warehouse", None, "not known: `prices` has no credit")
    return Part(
        "warehouse",
        seconds / HOUR * rate * prices.credit,
        f"{plain(seconds)} s / 3600 x {plain(rate)} credits/h ({size}) x {plain(prices.credit)} {prices.currency}",
    )


def _pod(measures: Mapping[str, Any], seconds: float | None, prices: Prices) -> Part:
    """Charge what the pod requests or what it used, whichever is more.

    Others cannot have what it requests; and what it uses beyond that, others cannot have either. A small request would
    else make a pod cheap, and decide which target is cheaper.
    """
    if seconds is None:
        return Part("pod", None, "not known: the pod's time was not measured")
    pod = mapping(measures.get("pod"))
    used = amount(measures.get("cpu_seconds"))
    cpu = _more(
        _for(amount(pod.get("cpu_request")), "CPU", seconds), None if used is None else (used, f"{plain(used)} CPU s")
    )
    memory = _more(
        _for(_gb(pod.get("memory_request")), "GB", seconds), _for(_gb(measures.get("memory_bytes")), "GB", seconds)
    )
    if cpu is None or memory is None:
        missing = " and ".join(word for word, found in {"CPU": cpu, "memory": memory}.items() if found is None)
        return Part("pod", None, f"not known: neither request nor use of the pod's {missing}")
    found = _machine("pod", cpu.value, memory.value * GB, prices, cpu.formula, memory.formula)
    return found if found.amount is None else replace(found, formula=f"{found.formula}; {cpu.why}; {memory.why}")


def _gb(value: Any) -> float | None:
    found = amount(value)
    return None if found is None else found / GB


def _for(much: float | None, unit: str, seconds: float) -> tuple[float, str] | None:
    return None if much is None else (much * seconds, f"{plain(much)} {unit} x {plain(seconds)} s")


def _more(requested: tuple[float, str] | None, used: tuple[float, str] | None) -> _Charged | None:
    """Take what was requested or what was used, whichever is more, or is known."""
    if requested is None or used is None:
        known, word, other = (requested, "requested", "use") if requested else (used, "used", "request")
        return None if known is None else _Charged(*known, f"{known[1]} {word}, {other} not known")
    if used[0] > requested[0]:
        return _Charged(*used, f"{used[1]} used, more than {requested[1]} requested")
    return _Charged(*requested, f"{requested[1]} requested, {used[1]} used")


def _worker(measures: Mapping[str, Any], seconds: float | None, prices: Prices) -> Part:
    cpu, memory = amount(measures.get("cpu_seconds")), amount(measures.get("memory_bytes"))
    if cpu is None or memory is None or seconds is None:
        return Part("worker", None, "not known: the interpreter's CPU time or memory was not measured")
    return _machine(
        "worker", cpu, memory * seconds, prices, f"{plain(cpu)} CPU s", f"{plain(memory / GB)} GB x {plain(seconds)} s"
    )


def _machine(name: str, cpu_seconds: float, byte_seconds: float, prices: Prices, of_cpu: str, of_memory: str) -> Part:
    if prices.cpu_hour is None or prices.gb_hour is None:
        missing = " and ".join(
            key for key, price in {"cpu_hour": prices.cpu_hour, "gb_hour": prices.gb_hour}.items() if price is None
        )
        return Part(name, None, f"not known: `prices` has no {missing}")
    return Part(
        name,
        cpu_seconds / HOUR * prices.cpu_hour + byte_seconds / GB / HOUR * prices.gb_hour,
        f"({of_cpu} x {plain(prices.cpu_hour)} + {of_memory} x {plain(prices.gb_hour)}) / 3600 {prices.currency}",
    )
