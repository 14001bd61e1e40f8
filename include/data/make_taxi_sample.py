"""Makes the project's sample of taxi trips: `python -m include.data.make_taxi_sample`.

The trips are invented: zones are points on a plane, distances follow from them, speeds from the hour and the weekday,
and a few rows are as odd as real ones (no distance, a meter that ran all day). The format is that of the real trips.
The same seed gives the same file, byte for byte.
"""

from __future__ import annotations

import csv
import math
import random
from datetime import datetime, timedelta

from include.constants import ROOT
from include.tasks.taxi import COLUMNS

TARGET = ROOT / "include" / "data" / "taxi" / "trips_2019-01.csv"
TRIPS = 2_000
ZONES = 265
SEED = 2019
RUSH_HOURS = {8, 9, 16, 17, 18}
MONTH = timedelta(days=31)


def main() -> None:
    """Writes the sample."""
    chance = random.Random(SEED)
    # Zone numbers run along the city, as the real ones roughly do by name, not by place: near numbers may be far apart.
    places = [(chance.uniform(0, 4), chance.uniform(0, 12)) for _ in range(ZONES)]
    with TARGET.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for _ in range(TRIPS):
            writer.writerow(_trip(chance, places))
    print(f"{TARGET.relative_to(ROOT)}: {TRIPS} trips")


def _trip(chance: random.Random, places: list[tuple[float, float]]) -> list[object]:
    pickup = datetime(2019, 1, 1) + timedelta(seconds=chance.randrange(int(MONTH.total_seconds())))
    start, end = chance.randrange(ZONES), chance.randrange(ZONES)
    miles = round(math.dist(places[start], places[end]) * 1.3 + chance.expovariate(2), 2)
    slow = 0.55 if pickup.hour in RUSH_HOURS and pickup.weekday() < 5 else 1.0
    miles_an_hour = max(3.0, chance.gauss(9 + 1.5 * math.sqrt(miles), 1.5) * slow)
    seconds = int(90 + 3600 * miles / miles_an_hour)
    odd = chance.random()
    if odd < 0.004:
        seconds = 86_000 + chance.randrange(300)
    elif odd < 0.012:
        miles = 0.0
    fare = round(2.5 + 2.5 * miles, 1)
    tip = round(chance.choice([0, 0.1, 0.2]) * fare, 2)
    return [
        chance.choice([1, 2]),
        pickup,
        pickup + timedelta(seconds=seconds),
        chance.choice([1, 1, 1, 2, 3, 5]),
        miles,
        1,
        "N",
        start + 1,
        end + 1,
        chance.choice([1, 1, 2]),
        fare,
        0.5,
        0.5,
        tip,
        0.0,
        0.3,
        round(fare + 1.3 + tip, 2),
        "" if pickup.day < 20 else "0.0",
    ]


if __name__ == "__main__":
    main()
