"""Lineage of a folder as JSON, without a service: `python -m jobs.pipelines.lineage FOLDER`.

What is printed is, to the byte, what an export gives of a workspace that holds a run over this folder and
nothing else. What could not be explained is told on standard error.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs.engines.dbt.artifacts import COMPILE
from jobs.engines.dbt.folders import CATALOG, MANIFEST, NotCompiled, artifacts_in
from jobs.engines.files.archives import is_wanted
from jobs.engines.files.detect import detect
from jobs.engines.files.roles import Role
from jobs.errors import BadCatalog, Problem, Rejected
from jobs.pipelines.lineage.bring import default_schema_of, lay_out_files
from jobs.pipelines.lineage.printed import printed
from jobs.pipelines.lineage.run import LOG
from jobs.pipelines.lineage.save import Teller, source_pk_of
from jobs.pipelines.lineage.settings import LineageSettings, NameSettings
from jobs.pipelines.lineage.sources.material import File
from jobs.pipelines.lineage.sources.sets import check_set
from jobs.pipelines.lineage.spill import spill, spill_rows
from jobs.pipelines.lineage.values import Dialect
from jobs.pipelines.lineage.work import Findings, Inquiry, find_lineage, read_chunk

CUT_OFF, REFUSED = 1, 2


def main(arguments: Sequence[str]) -> int:
    """Print the lineage of a folder; the exit status: 0, or 2 where there is nothing to read."""
    asked = parser().parse_args(arguments)
    with TemporaryDirectory(prefix="headwater-lineage-") as scratch:
        try:
            found = lineage_of(asked.folder, asked.dialect, asked.default_schema, Path(scratch))
        except BadCatalog as refused:
            for problem in refused.problems:
                sys.stderr.write(f"{problem.file} {problem.message}\n")
                sys.stderr.writelines(f"  {row}\n" for row in problem.rows)
            return REFUSED
        except Rejected as refused:
            sys.stderr.write(f"{refused}. {refused.hint}\n")
            return REFUSED
        except OSError as error:
            sys.stderr.write(f"{error.filename} cannot be read: {error.strerror}\n")
            return REFUSED
        for warning in found.result.warnings:
            sys.stderr.write(f"{warning}\n")
        for gap in found.result.gaps:
            sys.stderr.write(f"{gap.text}:{gap.line}: {gap.message}. {gap.remedy}\n")
        return put_out(printed(found.rows, NameSettings().data_model_patterns))


def put_out(pieces: Iterable[bytes]) -> int:
    """Write to standard output; the exit status. Nobody may be reading any more, which is no accident."""
    try:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it ends
        return CUT_OFF
    return 0


def parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(
        prog="python -m jobs.pipelines.lineage",
        description="Print the lineage of SQL files, of a dbt project, or of a catalog as Parquet, as JSON.",
    )
    read = (
        "the folder: the manifest.json of a dbt project in it or in target/; or all .sql files below; or the "
        ".parquet files in it"
    )
    asked.add_argument("folder", type=Path, help=read)
    asked.add_argument("--dialect", choices=[each.value for each in Dialect], default=Dialect.TSQL.value)
    asked.add_argument("--default-schema", default="", help="schema of names without one, such as dbo")
    return asked


def lineage_of(folder: Path, dialect: str, default_schema: str, scratch: Path) -> Findings:
    """What a run over a folder finds, in this process.

    Raises:
        BadCatalog: The folder holds nothing to read, too much, or files that break their contract.
        BadFile, InvalidParams: Its Parquet files do not make one catalog.
    """
    settings = LineageSettings()
    files = files_in(folder)
    brought = lay_out_files(files, dialect, scratch, settings.chunk_characters)
    for chunk in brought.chunks:
        read_chunk(chunk)
    teller = Teller("main", "headwater://main", source_pk_of("main", "default"), 1)
    inquiry = Inquiry(
        teller=teller,
        dialect=brought.dialect,
        default_schema=default_schema_of(default_schema, brought),
        chunks=brought.chunks,
        known=spill(scratch / "known", {}),
        before=spill_rows(scratch / "before", ()),
        folder=scratch,
        told=brought.told,
        log_teller=replace(teller, source_pk=source_pk_of("main", "default" + LOG)),
        logged=spill_rows(scratch / "logged-before", ()),
        excluded=frozenset(schema.lower() for schema in settings.excluded_schemas),
        warnings=brought.warnings,
    )
    return find_lineage(inquiry)


def files_in(folder: Path) -> list[File]:
    """What `headwater push` sends of a folder: a dbt project's artifacts, or SQL files, or Parquet files.

    Raises:
        BadCatalog: There are none of these, or a dbt project that was not compiled.
        BadFile, InvalidParams: The Parquet files do not make one catalog.
    """
    artifacts = dbt_files(folder)
    if artifacts:
        return artifacts
    scripts = [File(path.relative_to(folder).as_posix(), Role.SQL, path) for path in sql_files(folder)]
    if scripts:
        return scripts
    tables = sorted(path for path in folder.iterdir() if path.name.lower().endswith(".parquet"))
    if not tables:
        message = (
            "holds no SQL and no Parquet files: those that end in .sql or .parquet and are not hidden are read"
        )
        raise BadCatalog([Problem("NO_SQL", str(folder), message)])
    files = [File(path.name, detect(path, path.name), path) for path in tables]
    check_set([(file.name, file.role) for file in files], "files")
    return files


def dbt_files(folder: Path) -> list[File]:
    """The manifest and the catalog of a dbt project, if the folder is one.

    Raises:
        BadCatalog: It is a project that was not compiled.
    """
    try:
        found = artifacts_in(folder)
    except NotCompiled as error:
        message = f"is a dbt project without target/{MANIFEST}: its SQL is not compiled. {COMPILE}"
        raise BadCatalog([Problem("NOT_COMPILED", str(folder), message)]) from error
    if not found or detect(found[0], found[0].name) is not Role.DBT_MANIFEST:
        return []
    roles = {MANIFEST: Role.DBT_MANIFEST, CATALOG: Role.DBT_CATALOG}
    return [File(path.name, roles[path.name], path) for path in found]


def sql_files(folder: Path) -> Iterator[Path]:
    """The files that an archive of the folder would be read for."""

    def refuse(error: OSError) -> None:
        raise error

    for parent, _, names in os.walk(folder, onerror=refuse):
        paths = (Path(parent, name) for name in names)
        yield from (path for path in paths if is_wanted(path.relative_to(folder).as_posix()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
