"""Ids are digests of what they name: the same everywhere, different for different things."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from db.lineage import identity

PARTS = st.lists(st.text(max_size=6), max_size=5)
FEW = st.lists(st.text(alphabet="ab\0", max_size=3), max_size=4)  # so that sums of parts are often equal


def test_golden() -> None:
    """The id of given parts never changes: it is stored in every database."""
    assert UUID("37d6e718-9585-1181-0fff-645519a7f426") == identity("asset", "main", "größe", "表")


@given(FEW | PARTS, FEW | PARTS)
def test_different_parts_have_different_ids(one: list[str], other: list[str]) -> None:
    """Two lists of parts have one id exactly if they are the same list, however they are cut."""
    assert (one == other) == (identity(*one) == identity(*other))


@given(PARTS.filter(bool))
def test_how_parts_are_cut_counts(parts: list[str]) -> None:
    """Joining two neighbours, or adding an empty part, names something else."""
    assert identity(*parts) != identity(*parts, "")
    if len(parts) > 1:
        assert identity(*parts) != identity(parts[0] + parts[1], *parts[2:])


def test_half_a_character_has_an_id() -> None:
    """Text that UTF-8 cannot carry is named all the same, and differently."""
    assert identity("\ud800") != identity("\udfff")
