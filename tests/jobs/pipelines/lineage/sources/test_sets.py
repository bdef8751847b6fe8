"""What does not go together is refused with the place, the file and what would be taken in its stead."""

import pytest

from jobs.engines.files.roles import Role
from jobs.errors import BadFile
from jobs.pipelines.lineage.sources.sets import check_set

TAKEN = [
    ("lineage.json", "JSON is taken if it is an array of objects"),
    ("all.7z", "Pack SQL files as zip, tar or tar.gz"),
    ("v.SQL.GZ", "Pack SQL files as zip, tar or tar.gz"),
    ("o.parquet", "told by its columns: objects: object_id, schema_name, object_name, object_type; "),
    ("b.bin", "Give the Parquet files of one catalog, or SQL files and archives of them, or the manifest.json"),
]


@pytest.mark.parametrize(("name", "words"), TAKEN)
def test_what_to_give_instead(name: str, words: str) -> None:
    """A file that no run takes is refused with what would be taken in its place."""
    with pytest.raises(BadFile, match=f"is {name}, which is no file that lineage runs take") as refused:
        check_set([("v.sql", Role.SQL), (name, Role.OTHER)])

    assert "uploads[1]" == refused.value.field
    assert words in refused.value.hint


def test_what_files_are_called_together() -> None:
    """Messages call files as those who gave them do."""
    with pytest.raises(BadFile, match=r"^files\[1\] is v.sql, which does not go with o.parquet"):
        check_set([("o.parquet", Role.OBJECTS), ("v.sql", Role.SQL)], "files")
