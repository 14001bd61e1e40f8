"""Makes the project's sample of flights: `python -m include.data.make_flight_sample`.

Flights, weather and planes are invented: two days of each month of a year, from three airports, by sixteen carriers. A
flight is late because of the hour, the weather, its carrier, and the plane's flight before it. The format is that of
New York's real flights of 2013 (`make data`), with what is odd there: missing values are `NA`, flights that are
cancelled or land elsewhere have no arrival, and some planes are not listed. The same seed gives the same files.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from include.constants import ROOT
from include.tasks.flight_features import COLUMNS

FOLDER = ROOT / "include" / "data" / "flights"
SEED = 2013
NEW_YORK = ZoneInfo("America/New_York")
DAYS = [datetime(2013, month, day, tzinfo=NEW_YORK) for month in range(1, 13) for day in (14, 15)]
FLIGHTS_A_DAY = 62
PLANES = 72
HOURS = range(5, 24)
ORIGINS = ["EWR", "JFK", "LGA"]
CARRIERS = dict(
    zip(
        ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"],
        [2, -3, -9, 4, -2, 12, 14, 12, -6, 6, 8, 0, -1, -4, 6, 10],
        strict=True,
    )
)
"""Minutes that a carrier's flights are late by, all else equal."""
DESTINATIONS = {
    "ATL": 760, "BOS": 190, "BUF": 300, "CLT": 540, "DTW": 500, "FLL": 1070, "IAH": 1400, "LAX": 2470, "MCO": 940,
    "MIA": 1090, "ORD": 730, "SFO": 2570,
}  # fmt: skip
MODELS = [("EMBRAER", "EMB-145XR", 55), ("AIRBUS INDUSTRIE", "A320-214", 182), ("BOEING", "737-824", 149)]


def main() -> None:
    """Write the sample."""
    chance = random.Random(SEED)
    planes = [
        f"N{number}{chance.choice('AJNU')}{chance.choice('ABWX')}" for number in chance.sample(range(100, 999), 72)
    ]
    weather = {
        (origin, day, hour): _weather(chance, origin, day, hour)
        for day in DAYS
        for origin in ORIGINS
        for hour in range(24)
    }
    _write("planes.csv", COLUMNS["planes"], [_plane(chance, tail) for tail in planes[2:]])
    _write("weather.csv", COLUMNS["weather"], [row for (_, _, hour), row in weather.items() if hour >= HOURS[0] - 1])
    _write("flights.csv", COLUMNS["flights"], [row for day in DAYS for row in _flights(chance, day, planes, weather)])


def _flights(
    chance: random.Random, day: datetime, planes: Sequence[str], weather: dict[tuple[str, datetime, int], list[object]]
) -> list[list[object]]:
    """Return a day's flights: first each carrier's own, then whoever is next, each plane twice at most."""
    carriers = [*CARRIERS, *chance.choices(list(CARRIERS), k=FLIGHTS_A_DAY - len(CARRIERS))]
    hours = [*HOURS, *chance.choices(HOURS, k=FLIGHTS_A_DAY - len(HOURS))]
    chance.shuffle(carriers)
    flights: list[list[object]] = []
    late: Counter[str] = Counter()
    for hour, carrier in sorted(zip(hours, carriers, strict=True)):
        tail = chance.choice(planes)
        origin = chance.choice(ORIGINS)
        seen = weather[origin, day, hour]
        storm = 45 if seen[COLUMNS["weather"].index("visib")] == 2 else 0
        delay = CARRIERS[carrier] + 1.6 * (hour - 9) + storm + 0.5 * late[tail] + chance.gauss(0, 12)
        departure = max(-20, round(delay + (chance.expovariate(1 / 90) if chance.random() < 0.03 else 0)))
        late[tail] = departure
        flights.append(_flight(chance, day, hour, departure, carrier, tail, origin))
    return flights


def _flight(
    chance: random.Random, day: datetime, hour: int, late: int, carrier: str, tail: str, origin: str
) -> list[object]:
    dest = chance.choice(list(DESTINATIONS))
    miles = DESTINATIONS[dest]
    minutes = round(20 + miles / 7.9 + chance.gauss(0, 4))
    scheduled = day.replace(hour=hour, minute=chance.randrange(60))
    planned = scheduled + timedelta(minutes=round(35 + 20 + miles / 7.9))
    arrival = late + round(chance.gauss(-6, 9))
    fate = chance.random()
    departed = [_clock(scheduled + timedelta(minutes=late)), late] if fate > 0.02 else ["NA", "NA"]
    landed = [_clock(planned + timedelta(minutes=arrival)), arrival] if fate > 0.03 else ["NA", "NA"]
    return [
        *(day.year, day.month, day.day),
        *(departed[0], _clock(scheduled), departed[1]),
        *(landed[0], _clock(planned), landed[1]),
        *(carrier, chance.randrange(1, 6000), tail if chance.random() > 0.01 else "NA", origin, dest),
        *(minutes if landed[1] != "NA" else "NA", miles, scheduled.hour, scheduled.minute),
        _utc(scheduled),
    ]


def _weather(chance: random.Random, origin: str, day: datetime, hour: int) -> list[object]:
    storm = (day.toordinal() + hour // 6 + ORIGINS.index(origin)) % 7 == 0
    moment = day.replace(hour=hour)
    return [
        *(origin, day.year, day.month, day.day, hour),
        *(round(chance.gauss(55, 12), 2), round(chance.gauss(42, 9), 2), round(chance.uniform(40, 99), 2)),
        chance.randrange(0, 361, 10) if chance.random() > 0.02 else "NA",
        *(round(chance.uniform(2, 14) + 12 * storm, 2), round(chance.uniform(22, 40), 2) if storm else "NA"),
        *(round(chance.uniform(0.1, 0.5), 2) if storm else 0, round(chance.gauss(1018, 6), 1) if not storm else "NA"),
        *(2 if storm else 10, _utc(moment)),
    ]


def _plane(chance: random.Random, tail: str) -> list[object]:
    maker, model, seats = chance.choice(MODELS)
    year = chance.randrange(1985, 2013) if chance.random() > 0.05 else "NA"
    return [tail, year, "Fixed wing multi engine", maker, model, 2, seats, "NA", "Turbo-fan"]


def _clock(moment: datetime) -> int:
    return moment.hour * 100 + moment.minute


def _utc(moment: datetime) -> str:
    return moment.replace(minute=0).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write(name: str, columns: list[str], rows: Iterable[Sequence[object]]) -> None:
    path: Path = FOLDER / name
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
