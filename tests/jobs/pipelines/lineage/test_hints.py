"""A run says what hints in comments do to what was found, and procedures reach the graph."""

from tests.house import House
from tests.jobs.pipelines.lineage.sight import told

HINTED = """CREATE TABLE dbo.known (a int);
CREATE TABLE dbo.t (a int);
CREATE TABLE dbo.u (z int);
GO
CREATE PROCEDURE dbo.p AS
-- @LINEAGE_INPUTS: dbo.known, dbo.Nope
BEGIN
  SELECT a INTO #x FROM dbo.t
  INSERT INTO dbo.u (z) SELECT a FROM #x
END
"""


async def test_hints_add(house: House) -> None:
    """Unless a run says otherwise hints add: an edge from the hinted table beside what was found."""
    result = await told(house, {"p.sql": HINTED}, dialect="tsql", default_schema="dbo")

    assert (1, 3) == (result["direct_edge_count"], result["indirect_edge_count"])
    assert ["unknown_hint"] == [gap["reason"] for gap in result["gaps"]]
    assert 4 == result["asset_count"]


async def test_hints_replace(house: House) -> None:
    """With REPLACE the hinted table is the only one that the procedure reads."""
    result = await told(house, {"p.sql": HINTED}, dialect="tsql", default_schema="dbo", hint_mode="replace")

    assert (0, 2) == (result["direct_edge_count"], result["indirect_edge_count"])
