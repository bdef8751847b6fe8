"""What files say, as a state to compare with another: the work of a run, without a run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.engines.diff.lineages import state_of
from jobs.engines.diff.values import State
from jobs.engines.files.detect import detect
from jobs.engines.files.roles import CATALOG, Role
from jobs.engines.lineage.garbage import collecting_rarely
from jobs.engines.lineage.infer import infer
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.values import Unresolved
from jobs.pipelines.lineage.__main__ import files_in
from jobs.pipelines.lineage.bring import Brought, Told, default_schema_of, material_of
from jobs.pipelines.lineage.compose import Keys, known_of, with_imported, with_told, without_schemas, words_of
from jobs.pipelines.lineage.sources.material import File
from jobs.pipelines.lineage.sources.sets import check_set

JSON = ".json"


@dataclass(frozen=True, slots=True)
class Read:
    """A state, what of its files was not explained, and what is odd about them."""

    state: State
    unresolved: tuple[Unresolved, ...]
    warnings: tuple[str, ...]


def files_at(path: Path) -> list[File]:
    """The files that make one catalog: those of a folder, or a file that holds one.

    Raises:
        BadCatalog: There is nothing to read.
        BadFile, InvalidParams: They do not make one catalog.
        OSError: Something cannot be read.
    """
    if path.is_file():
        files = [File(path.name, detect(path, path.name), path)]
    else:
        exports = [each for each in sorted(path.iterdir()) if each.name.lower().endswith(JSON)]
        alone = len(exports) == 1 and detect(exports[0], exports[0].name) is Role.FRONTEND_JSON
        if not alone:
            return files_in(path)
        files = [File(exports[0].name, Role.FRONTEND_JSON, exports[0])]
    check_set([(file.name, file.role) for file in files], "files")
    return files


@collecting_rarely()
def read_state(files: Sequence[File], dialect: str, default_schema: str, excluded: Collection[str]) -> Read:
    """What files say, in this process. What a query log shows is left out: it is no definition of anything.

    `excluded` are schemas in small letters.

    Raises:
        BadCatalog: The files are not what they should be.
    """
    material = material_of(files, dialect)
    is_catalog = all(file.role in CATALOG for file in files)
    dialect = material.dialect or dialect
    schema = default_schema_of(default_schema, Brought(dialect, (), Path(), is_catalog=is_catalog))
    told = Told(material.records, material.relations, material.dependencies, imported=material.imported)
    keys = Keys(dialect, schema)
    readings = [read_text(text, dialect) for text in material.texts]
    lineage = with_told(infer(readings, known_of(told, {}, keys), schema, dialect), told, keys)
    lineage, news = without_schemas(lineage, excluded)
    lineage = with_imported(lineage, told)
    words = words_of(lineage, told, material.texts, keys)
    definitions = {key: each.definition for key, each in words.items() if each.definition is not None}
    records = (*material.records, *(material.imported.records if material.imported is not None else ()))
    bodies = {text.name: text.sql for text in (*material.texts, *records)}
    state = state_of(lineage, bodies, dialect, definitions)
    return Read(state, lineage.unresolved, (*material.warnings, *news))
