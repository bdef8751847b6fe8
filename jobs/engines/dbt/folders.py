"""Where a dbt project keeps what it wrote."""

from pathlib import Path

MANIFEST, CATALOG = "manifest.json", "catalog.json"


class NotCompiled(ValueError):
    """A folder is a dbt project, and holds no manifest."""


def artifacts_in(folder: Path) -> list[Path]:
    """The manifest and, if there is one, the catalog of a project: its target folder, or what holds that.

    Raises:
        NotCompiled: It is a project that was not compiled.
    """
    for target in (folder, folder / "target"):
        if (target / MANIFEST).is_file():
            return [target / name for name in (MANIFEST, CATALOG) if (target / name).is_file()]
    if (folder / "dbt_project.yml").is_file():
        raise NotCompiled
    return []
