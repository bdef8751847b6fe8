"""The objects of a warehouse of SQL Server: tables, and views and procedures over them."""

import random
from collections.abc import Iterator

TABLES, VIEWS, PROCEDURES = 2_000, 2_000, 1_000
COLUMNS = 15
SEED = 20_261_120


def definitions(scale: int = 1) -> Iterator[tuple[int, str, str]]:
    """Id, name and SQL of views and procedures, each over tables; more of all with a larger `scale`."""
    chance = random.Random(SEED)  # noqa: S311 - the same catalog every time
    tables, views, procedures = scale * TABLES, scale * VIEWS, scale * PROCEDURES
    for number in range(views + procedures):
        key, is_view = tables + number + 1, number < views
        left, right = chance.sample(range(tables), 2)
        picked = chance.sample(range(1, COLUMNS), 8)
        outputs = [f"a.c{column} AS a{column}" for column in picked[:4]]
        outputs += [f"coalesce(a.c{column}, b.c{column}) AS b{column}" for column in picked[4:]]
        joined = f"FROM dbo.T{left} AS a\r\nLEFT JOIN dbo.T{right} AS b ON b.c0 = a.c{picked[0]}"
        where = f"WHERE a.c{picked[1]} > {number} AND b.c{picked[2]} IS NOT NULL"
        query = f"SELECT a.c0 AS id, {', '.join(outputs)}\r\n{joined}\r\n{where}"
        if is_view:
            yield key, f"v{number}", f"CREATE VIEW dbo.v{number} AS\r\n-- view {number}\r\n{query}"
        else:
            target = f"INSERT INTO dbo.T{chance.randrange(tables)} ({', '.join(f'c{n}' for n in range(9))})"
            yield (
                key,
                f"p{number}",
                f"CREATE PROCEDURE dbo.p{number} AS\r\nBEGIN\r\n{target}\r\n{query};\r\nEND",
            )
