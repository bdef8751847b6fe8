"""The Apollo example works as it stands: it uploads, submits, watches with resume, and prints lineage."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from examples.parquet import COLUMNS, DUMP

APOLLO = Path(__file__).parents[2] / "examples" / "apollo"
NODE = shutil.which("node")
TIMEOUT_SECONDS = 120

pytestmark = [
    pytest.mark.xdist_group("cli"),
    pytest.mark.skipif(NODE is None, reason="no node on this machine"),
    pytest.mark.skipif(
        not (APOLLO / "node_modules").is_dir(), reason="examples/apollo is not installed: npm ci there"
    ),
]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(NODE), "lineage.mjs", *words]
    return subprocess.run(
        command, cwd=APOLLO, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )


def test_a_catalog_from_upload_to_lineage(url: str) -> None:
    """Five Parquet files go in; every event is seen once, though the connection breaks; lineage comes out."""
    files = [str(DUMP / f"{name}.parquet") for name in COLUMNS]
    said = run("--url", url, "--of", "mart.revenue_by_month.revenue", "--cut", "3", *files)
    lines = said.stdout.splitlines()
    seen = [int(number) for number in re.findall(r"^event (\d+) ", said.stdout, re.MULTILINE)]

    assert not said.stderr
    assert 0 == said.returncode
    assert {f"uploaded {name}.parquet: {name.upper()}" for name in COLUMNS} <= set(lines)
    assert "connection lost, resuming after event 3" in lines
    assert list(range(1, len(seen) + 1)) == seen
    assert any(re.fullmatch(r"COMPLETED(_WITH_GAPS)?: \d+ assets, .*", line) for line in lines)
    assert "mart.revenue_by_month.revenue" in lines
    assert any(line.strip() == "raw.exchange_rates.euro_per_unit" for line in lines)


def test_a_refusal_is_told(url: str, tmp_path: Path) -> None:
    """A file that is not what its name says ends the script with the service's words and a status of 1."""
    fake = tmp_path / "objects.parquet"
    fake.write_bytes(b"this is no Parquet file")
    said = run("--url", url, str(fake))

    assert 1 == said.returncode
    assert "objects.parquet" in said.stderr
    assert "at " not in said.stderr  # no stack
