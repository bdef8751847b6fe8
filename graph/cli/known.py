"""Reads columns of tables that SQL files do not define from a JSON file."""

from collections.abc import Mapping, Sequence
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Any

from graph.cli.texts import BadPath, BadText, read_bytes
from jobs.engines.files.encodings import NoText, decode
from jobs.engines.lineage.values import Column, KnownColumns
from jobs.errors import Rejected

FORM = 'It is to be like {"dbo.orders": ["id", "price"]} or {"dbo.orders": {"id": "int"}}.'


class BadColumns(Rejected):
    """A file of columns is not what it should be."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}.", hint=FORM)


def read_known(path: Path) -> KnownColumns:
    """The columns that a file tells, by name as spelled in SQL.

    Raises:
        BadPath, BadText: It cannot be read.
        BadColumns: It holds something else; the error says what and where.
    """
    if not path.is_file():
        raise BadPath(f"There is no file {path}.", hint=FORM)
    try:
        told = loads(decode(read_bytes(path)).text, object_pairs_hook=_once_each)
    except NoText as error:
        raise BadText(path, error) from error
    except JSONDecodeError as error:
        raise BadColumns(path, f"line {error.lineno}, character {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise BadColumns(path, "it is nested too deeply") from error
    except _Repeated as error:
        raise BadColumns(path, str(error)) from error
    if not isinstance(told, dict):
        raise BadColumns(path, "it holds no object with the names of tables")
    return {_named(path, name, "a table"): _columns(path, name, columns) for name, columns in told.items()}


class _Repeated(ValueError):
    """An object names something twice: JSON alone would let the last one win."""


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise _Repeated(f"{name!r} is named twice")
        made[name] = value
    return made


def _columns(path: Path, table: str, told: Any) -> tuple[Column, ...]:
    if isinstance(told, Mapping):
        types = {_named(path, name, f"a column of {table!r}"): of for name, of in told.items()}
        odd = next((name for name, of in types.items() if not isinstance(of, str | None)), None)
        if odd is not None:
            raise BadColumns(path, f"the type of {odd!r} of {table!r} is no text")
        return tuple(Column(name, of or None) for name, of in types.items())
    if not isinstance(told, list):
        raise BadColumns(path, f"the columns of {table!r} are no list of names")
    names = [_named(path, name, f"a column of {table!r}") for name in told]
    if len(set(names)) < len(names):
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise BadColumns(path, f"{twice!r} of {table!r} is named twice")
    return tuple(map(Column, names))


def _named(path: Path, name: Any, what: str) -> str:
    if not (isinstance(name, str) and name.strip() and name.isprintable()):
        raise BadColumns(path, f"{name!r} cannot be the name of {what}")
    return name
