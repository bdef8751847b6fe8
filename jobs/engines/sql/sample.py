"""A sample to try things on: 50,000 taxi trips that nobody made, always the same, and questions about them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from jobs.engines.sql.rows import open_reader
from jobs.engines.sql.sandbox import copying
from jobs.engines.sql.texts import literal
from jobs.engines.sql.values import Column, Engine, Table

TRIPS = 50_000
CHECKSUM = "35e3292b3cae1dc4128c3e2d3f29e52992044aa61167caf985f214f267e2c324"
"""SHA-256 of what `checksum` reads: another value means other trips."""
TABLE = "trips"
COLUMNS = (
    Column("trip_id", "BIGINT"),
    Column("vendor", "VARCHAR"),
    Column("pickup_at", "TIMESTAMP"),
    Column("dropoff_at", "TIMESTAMP"),
    Column("passengers", "INTEGER"),
    Column("distance_km", "DECIMAL(6,2)"),
    Column("pickup_zone", "INTEGER"),
    Column("dropoff_zone", "INTEGER"),
    Column("payment", "VARCHAR"),
    Column("fare", "DECIMAL(8,2)"),
    Column("tip", "DECIMAL(8,2)"),
    Column("toll", "DECIMAL(8,2)"),
    Column("total", "DECIMAL(9,2)"),
)

# Chance by arithmetic of whole numbers alone: no version of any library gives other ones. The square breaks the
# straight lines that a multiplication alone would draw between two salts.
DRAWN = """
WITH drawn AS (
    SELECT range AS i, {draws}
    FROM range({trips})
), trips AS (
    SELECT
        i + 1 AS trip_id,
        CASE WHEN r0 % 100 < 58 THEN 'Harbour Cabs' WHEN r0 % 100 < 91 THEN 'Two Rivers' ELSE 'Night Owl'
            END AS vendor,
        TIMESTAMP '2024-01-01' + to_seconds((i * 31622400) // {trips} + r1 % 600) AS pickup_at,
        40 + (r2 % 200) * (r3 % 100) * (r3 % 100) // 800 AS metres_10,
        CASE WHEN r4 % 97 = 0 THEN NULL ELSE 1 + (r4 % 6) * (r5 % 3) // 3 END AS passengers,
        1 + (r6 % 60) * (r7 % 60) // 60 AS pickup_zone,
        1 + r8 % 60 AS dropoff_zone,
        CASE WHEN r9 % 100 < 71 THEN 'card' WHEN r9 % 100 < 96 THEN 'cash' WHEN r9 % 100 < 99 THEN 'disputed'
             ELSE 'free' END AS payment,
        r10, r11, r12
    FROM drawn
), priced AS (
    SELECT *, 300 + metres_10 * 2 + r10 % 250 AS fare_cents,
        CASE WHEN r11 % 20 = 0 THEN 655 ELSE 0 END AS toll_cents
    FROM trips
), tipped AS (
    SELECT *, CASE WHEN payment = 'card' THEN fare_cents * (r12 % 26) // 100 ELSE 0 END AS tip_cents FROM priced
)
SELECT
    trip_id, vendor, pickup_at,
    pickup_at + to_seconds(120 + metres_10 * (2 + r10 % 3)) AS dropoff_at,
    passengers::INTEGER AS passengers,
    (metres_10::DECIMAL(8,2) / 100)::DECIMAL(6,2) AS distance_km,
    pickup_zone::INTEGER AS pickup_zone, dropoff_zone::INTEGER AS dropoff_zone, payment,
    (fare_cents::DECIMAL(10,2) / 100)::DECIMAL(8,2) AS fare,
    (tip_cents::DECIMAL(10,2) / 100)::DECIMAL(8,2) AS tip,
    (toll_cents::DECIMAL(10,2) / 100)::DECIMAL(8,2) AS toll,
    ((fare_cents + tip_cents + toll_cents)::DECIMAL(10,2) / 100)::DECIMAL(9,2) AS total
FROM tipped
ORDER BY trip_id
"""
PRIME = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Example:
    """A question about the sample."""

    name: str
    description: str
    sql: str
    engine: Engine = Engine.DUCKDB


EXAMPLES = (
    Example(
        "Busiest hours",
        "How many trips begin in each hour of the day, and what they cost on average.",
        "SELECT hour(pickup_at) AS hour, count(*) AS trips, round(avg(total), 2) AS average_total\n"
        "FROM trips\nGROUP BY hour\nORDER BY hour",
    ),
    Example(
        "Income by month",
        "What each vendor took in each month, with the running total of its year.",
        "SELECT vendor, date_trunc('month', pickup_at)::DATE AS month, sum(total) AS income,\n"
        "       sum(sum(total)) OVER (PARTITION BY vendor ORDER BY month) AS income_so_far\n"
        "FROM trips\nGROUP BY vendor, month\nORDER BY vendor, month",
    ),
    Example(
        "Best tippers",
        "The zones whose passengers with cards tip best, among those with a hundred such trips at least.",
        "SELECT pickup_zone, count(*) AS trips, round(100 * sum(tip) / sum(fare), 1) AS tip_percent\n"
        "FROM trips\nWHERE payment = 'card'\nGROUP BY pickup_zone\nHAVING count(*) >= 100\n"
        "ORDER BY tip_percent DESC, pickup_zone\nLIMIT 10",
    ),
    Example(
        "Longest trips",
        "The longest trip of each zone.",
        "SELECT pickup_zone, trip_id, distance_km, total\nFROM trips\n"
        "QUALIFY row_number() OVER (PARTITION BY pickup_zone ORDER BY distance_km DESC, trip_id) = 1\n"
        "ORDER BY distance_km DESC, trip_id",
    ),
    Example(
        "Ways to pay",
        "Which share of trips and of income each way to pay has.",
        "WITH paid AS (\n    SELECT payment, count(*) AS trips, sum(total) AS income\n"
        "    FROM trips GROUP BY payment\n)\n"
        "SELECT payment, trips, round(100 * trips / sum(trips) OVER (), 1) AS trips_percent,\n"
        "       round(100 * income / sum(income) OVER (), 1) AS income_percent\nFROM paid\nORDER BY trips DESC",
    ),
    Example(
        "Speed by distance",
        "How fast trips of different lengths are, in km an hour.",
        "SELECT floor(distance_km / 5)::INTEGER * 5 AS from_km, count(*) AS trips,\n"
        "       round(median(distance_km / (epoch(dropoff_at - pickup_at) / 3600)), 1) AS km_per_hour\n"
        "FROM trips\nGROUP BY from_km\nORDER BY from_km",
    ),
    Example(
        "Days without a night",
        "Trips of each weekday, by day and by night, side by side.",
        "PIVOT (\n    SELECT dayname(pickup_at) AS day,\n"
        "           if(hour(pickup_at) BETWEEN 6 AND 21, 'day', 'night') AS part\n"
        "    FROM trips\n) ON part IN ('day', 'night') USING count(*) GROUP BY day ORDER BY day",
    ),
    Example(
        "Trips without passengers",
        "What is missing: trips whose passengers nobody counted.",
        "SELECT vendor, count(*) AS trips, count(*) - count(passengers) AS uncounted\n"
        "FROM trips\nGROUP BY vendor\nORDER BY vendor",
    ),
)


def write_trips(to: Path) -> Table:
    """Write the sample to a Parquet file, and return it as a table."""
    head, tail = copying(COLUMNS, to)
    with open_reader() as connection:
        connection.execute(f"{head}({_drawn()}){tail}")
    return Table(TABLE, COLUMNS, (to,))


def checksum(path: Path) -> str:
    """SHA-256 of the rows of a file of trips as lines of text, whatever the bytes of the file are."""
    names = ", ".join(f"coalesce(CAST({column.name} AS VARCHAR), '')" for column in COLUMNS)
    digest = hashlib.sha256()
    with open_reader() as connection:
        lines = connection.execute(
            f"SELECT concat_ws('|', {names}) FROM read_parquet({literal(str(path))}) ORDER BY trip_id"
        )
        while batch := lines.fetchmany(4_096):
            digest.update("".join(f"{line}\n" for (line,) in batch).encode())
    return digest.hexdigest()


def _drawn() -> str:
    draws = []
    for salt in range(13):
        line = f"((range + 1) * 48271 + {salt + 1} * 69621) % {PRIME}"
        bent = f"({line}) * (({line}) % 65521) % {PRIME}"
        draws.append(f"(({bent}) * 16807 + ({bent}) // 7) % {PRIME} % 1000003 AS r{salt}")
    return DRAWN.format(draws=", ".join(draws), trips=TRIPS)
