"""The files of a catalog as tables of a DuckDB that reaches these files and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from jobs.engines.files.roles import Role
from jobs.engines.metadata.contract import (
    COLUMNS,
    MAX_ROWS,
    MEMORY_BYTES,
    SECONDS,
    SHOWN_ROWS,
    SPELLED,
    SPLIT,
    Breach,
    Field,
)
from jobs.engines.metadata.texts import shown
from jobs.engines.metadata.values import NamedFile
from jobs.errors import Problem

PARQUET = "read_parquet(?, file_row_number = true)"


def sandbox(files: Iterable[NamedFile]) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that reads these files, writes none, and has bounds of memory and time."""
    database = duckdb.connect(
        ":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    )
    paths = ", ".join("'" + str(file.path).replace("'", "''") + "'" for file in files)
    for setting in (
        "python_enable_replacements = false",
        f"allowed_paths = [{paths}]",
        "temp_directory = ''",
        "enable_external_access = false",
        f"memory_limit = '{MEMORY_BYTES}B'",
        "threads = 1",
        f"max_execution_time = {SECONDS * 1000}",
        "lock_configuration = true",
    ):
        database.execute(f"SET {setting}")
    return database


@dataclass(slots=True)
class Tables:
    """Files as tables, each named by its role, with `row` from 1; and what was found wrong so far."""

    database: duckdb.DuckDBPyConnection
    files: Mapping[Role, NamedFile]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    usable: set[tuple[Role, str]] = field(default_factory=set)

    def load(self, role: Role) -> None:
        """Read a file into a table of the columns that the contract names; those that break it stay empty."""
        file = self.files[role]
        path = [str(file.path)]
        try:
            given = self.database.execute("SELECT * FROM read_parquet(?) LIMIT 0", path).description
            types = {name.lower(): str(kind) for name, kind, *_ in given}
            (rows,) = self.database.execute("SELECT count(*) FROM read_parquet(?)", path).fetchall()[0]
            if rows > MAX_ROWS[role]:
                allowed = f"holds {rows:,} rows; at most {MAX_ROWS[role]:,} are taken: {SPLIT}"
                self.blame(Breach.TOO_LARGE, role, "", allowed, rows)
                return
            kept = ", ".join(self._column(role, each, types) for each in COLUMNS[role])
            self.database.execute(
                f'CREATE TABLE {role} AS SELECT file_row_number + 1 AS "row", {kept} FROM {PARQUET}', path
            )
        except (duckdb.OutOfMemoryException, duckdb.InterruptException):
            allowed = (
                f"takes more than the {MEMORY_BYTES:,} bytes or {SECONDS} s that reading it may take: {SPLIT}"
            )
            self.blame(Breach.TOO_LARGE, role, "", allowed)
            self._forget(role)
        except duckdb.Error as error:
            self.blame(Breach.UNREADABLE, role, "", f"cannot be read as Parquet: {_plain(error, file)}")
            self._forget(role)
        else:
            self._list_extra(role, types)

    def _forget(self, role: Role) -> None:
        self.usable -= {(role, each.name) for each in COLUMNS[role]}

    def _column(self, role: Role, wanted: Field, types: Mapping[str, str]) -> str:
        """What to select for a column of the contract."""
        found = types.get(wanted.name)
        if found is None:
            if wanted.needed:
                self.blame(Breach.COLUMN_MISSING, role, wanted.name, f"has no column {wanted.name}")
            else:
                self.usable.add((role, wanted.name))
        elif wanted.types and found not in wanted.types:
            allowed = " or ".join(SPELLED[each] for each in wanted.types if each in SPELLED)
            message = f"has {wanted.name} of type {SPELLED.get(found, found)}; it must be {allowed}"
            self.blame(Breach.WRONG_TYPE, role, wanted.name, message)
        else:
            self.usable.add((role, wanted.name))
            return f'"{wanted.name}"'
        return f'NULL::{wanted.types[0] if wanted.types else "VARCHAR"} AS "{wanted.name}"'

    def _list_extra(self, role: Role, types: Mapping[str, str]) -> None:
        known = {each.name for each in COLUMNS[role]}
        extra = [shown(name) for name in types if name not in known]
        if extra:
            more = f" and {len(extra) - 10} more" if len(extra) > 10 else ""
            self.warn(role, f"columns that are passed over: {', '.join(extra[:10])}{more}")

    def has(self, role: Role, *names: str) -> bool:
        """Whether a file was read and these columns of it keep the contract."""
        return all((role, name) in self.usable for name in names)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows of our own SQL over the tables."""
        return self.database.execute(query).fetchall()

    def bad_rows(self, role: Role, condition: str) -> tuple[int, tuple[str, ...]]:
        """How many rows of a table fulfil a condition, and the first of them in words."""
        names = [each.name for each in COLUMNS[role] if each.needed]
        ((count,),) = self.database.execute(f"SELECT count(*) FROM {role} WHERE {condition}").fetchall()
        if not count:
            return 0, ()
        columns = ", ".join(f'"{name}"' for name in names)
        first = self.rows(
            f'SELECT "row", {columns} FROM {role} WHERE {condition} ORDER BY "row" LIMIT {SHOWN_ROWS}'
        )
        return int(count), tuple(_in_words(names, row) for row in first)

    def check(self, code: Breach, role: Role, name: str, condition: str, what: str) -> None:
        """List a problem if rows fulfil a condition. `what` goes on from "3 rows …"."""
        if not self.has(role, name):
            return
        count, first = self.bad_rows(role, condition)
        if count:
            file = self.files[role].name
            self.problems.append(Problem(code.value, file, _counted(count, what), name, count, first))

    def blame(self, code: Breach, role: Role, name: str, message: str, count: int = 1) -> None:
        """List a problem of a file as a whole."""
        self.problems.append(Problem(code.value, self.files[role].name, message, name, count))

    def remark(self, role: Role, condition: str, what: str) -> None:
        """Warn if rows fulfil a condition, and show the first of them."""
        count, first = self.bad_rows(role, condition)
        if count:
            more = "; …" if count > len(first) else ""
            self.warn(role, f"{_counted(count, what)} ({'; '.join(first)}{more})")

    def warn(self, role: Role, words: str) -> None:
        """Warn of a file."""
        self.warnings.append(f"{self.files[role].name}: {words}")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'} {what}"


def _in_words(names: list[str], row: tuple[object, ...]) -> str:
    values = ", ".join(f"{name} {shown(value)}" for name, value in zip(names, row[1:], strict=True))
    return f"row {row[0]}: {values}"


def _plain(error: duckdb.Error, file: NamedFile) -> str:
    """What DuckDB says, on one line and without our path."""
    words = " ".join(str(error).partition("\n")[0].split()).replace(str(file.path), file.name)
    return words[:300]
