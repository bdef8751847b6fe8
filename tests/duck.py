"""DuckDB for tests: opening one costs as much as a hundred statements, so a process opens one only."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count

import duckdb

NUMBERS = count(1)


@cache
def _instance() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


@contextmanager
def fresh_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an empty database in memory, which is gone at the end with all that was made in it.

    Not for thousands of changes to one table: what they leave behind is never cleared away here.
    """
    name = f"fresh_{next(NUMBERS)}"
    _instance().execute(f"ATTACH ':memory:' AS {name}")
    try:
        with _instance().cursor() as connection:
            connection.execute(f"USE {name}")
            yield connection
    finally:
        _instance().execute(f"DETACH {name}")
