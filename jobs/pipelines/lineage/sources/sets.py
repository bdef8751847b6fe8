"""Which files go together: said when a run is submitted, before anything is read."""

from collections.abc import Sequence

from jobs.engines.files.roles import CATALOG, Role
from jobs.engines.metadata.contract import NEEDED, columns_of
from jobs.errors import BadFile, InvalidParams

SCRIPTS = (Role.SQL, Role.ARCHIVE)
SEVERAL = (*SCRIPTS, Role.OPENLINEAGE)  # of which there may be many
PACKED = frozenset({"7z", "br", "bz2", "gz", "lz4", "rar", "xz", "zst"})  # what else people pack files as
DBT = (Role.DBT_MANIFEST, Role.DBT_CATALOG)
SETS = (
    "Give the Parquet files of one catalog, or SQL files and archives of them, or the manifest.json of a dbt "
    "project and perhaps its catalog.json, or files of OpenLineage events, or one file of an export as JSON."
)


def check_set(files: Sequence[tuple[str, Role]], given_as: str = "uploads") -> None:
    """Refuse files, each of a name and a role in the order in which they were given, that do not make one set.

    `given_as` is what messages call them together.

    Raises:
        BadFile: One is none of those that are taken, or does not go with another one.
        InvalidParams: A file that a catalog needs is not among them.
    """
    for place, (name, role) in enumerate(files):
        if role in {Role.OTHER, Role.ROWS}:
            problem = f"is {name}, which is no file that lineage runs take"
            raise BadFile(f"{given_as}[{place}]", problem, hint=_what_is_taken(name))
        _check_beside(place, files, given_as)
    given = {role for _, role in files}
    if given & set(CATALOG):
        for needed in NEEDED:
            if needed not in given:
                problem = f"hold no file of {needed.value}, which has the columns {columns_of(needed)}"
                hint = f"A catalog needs files of {', '.join(each.value for each in NEEDED)}."
                raise InvalidParams(given_as, problem, hint=hint)
    if Role.DBT_CATALOG in given and Role.DBT_MANIFEST not in given:
        problem = "hold the catalog.json of a dbt project and not its manifest.json"
        raise InvalidParams(
            given_as, problem, hint="Give both: `dbt docs generate` writes them into one folder."
        )


def kind_of(role: Role) -> str:
    """What kind of set a file belongs to."""
    kinds = {"catalog": CATALOG, "scripts": SCRIPTS, "dbt": DBT}
    return next((kind for kind, roles in kinds.items() if role in roles), role.value)


def _what_is_taken(name: str) -> str:
    """What to do about a file that is none of those that are taken, by what its name says that it is."""
    suffix = name.lower().rpartition(".")[2]
    if suffix == "json":
        return (
            "JSON is taken if it is an array of objects, as a run of the kind export gives it, or "
            "OpenLineage events, or the manifest.json or catalog.json of a dbt project."
        )
    if suffix in PACKED:
        return f"Pack SQL files as zip, tar or tar.gz. {SETS}"
    if suffix in {"csv", "tsv", "jsonl", "ndjson"}:
        return f"Rows become a table by a run of the kind `table`. {SETS}"
    columns = "; ".join(f"{each.value}: {columns_of(each)}" for each in CATALOG)
    told = f"A Parquet file is told by its columns: {columns}."
    return told if suffix == "parquet" else f"{SETS} {told}"


def _check_beside(place: int, files: Sequence[tuple[str, Role]], given_as: str) -> None:
    """Refuse a file that does not go with one before it."""
    name, role = files[place]
    field = f"{given_as}[{place}]"
    for other, others in files[:place]:
        if kind_of(role) != kind_of(others):
            raise BadFile(field, f"is {name}, which does not go with {other}", hint=SETS)
        if role is others and role not in SEVERAL:
            what = "an export as JSON" if role is Role.FRONTEND_JSON else f"a file of {role.value}"
            hint = "Give one of each: two catalogs are two runs, with a source each."
            raise BadFile(field, f"is {name}, which is {what}, as {other} is", hint=hint)
        if role in SEVERAL and name == other:
            hint = "Rename one, or put both into an archive with their folders."
            raise BadFile(field, f"is called {name}, as another file is", hint=hint)
