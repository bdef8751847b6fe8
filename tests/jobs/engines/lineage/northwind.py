"""The Northwind script of Microsoft's samples, where it is at hand."""

from pathlib import Path

import pytest

from jobs.engines.lineage.values import SqlText

SCRIPT = Path(__file__).resolve().parents[4] / "../shared/data/tsql/northwind/instnwnd.sql"
EXPECTED = Path(__file__).parent / "northwind_views.txt"


def decoded(raw: bytes) -> str:
    """Return the text of a script as SQL Server's tools write it: UTF-16 or UTF-8 by its mark, else Latin-1."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw.decode("utf-8-sig")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def script() -> SqlText:
    """Return the script, or skip the test where it is absent."""
    if not SCRIPT.exists():
        pytest.skip("instnwnd.sql is not at hand (shared/data/tsql/northwind)")
    return SqlText("instnwnd.sql", decoded(SCRIPT.read_bytes()))
