"""What several rows say that somebody may do, together."""

import pytest

from db.roles import EVERYWHERE, Role
from graph.rights import NOBODY, OPERATOR, Rights, rights_from
from jobs.errors import Forbidden, UnknownWorkspace


def test_rights_add_up() -> None:
    """Of several rows about one place the highest role counts, and definitions show if any row shows them."""
    rights = rights_from([("a", Role.VIEWER, False), ("a", Role.EDITOR, False), ("b", Role.VIEWER, True)])

    assert (Role.EDITOR, Role.VIEWER, None) == tuple(rights.role_in(name) for name in "abc")
    assert (False, True) == (rights.sees_definitions("a"), rights.sees_definitions("b"))
    assert rights_from([(EVERYWHERE, Role.RUNNER, True), ("a", Role.VIEWER, False)]).sees_definitions("a")
    assert OPERATOR.covers(rights)
    assert not NOBODY.covers(rights)
    assert rights.covers(rights)
    assert not rights.covers(Rights(roles={"a": Role.EDITOR}))
    assert not rights.covers(Rights(everywhere=Role.VIEWER))
    with pytest.raises(UnknownWorkspace):
        rights.demand(Role.VIEWER, "c")
    with pytest.raises(Forbidden, match="SQL text"):
        rights.demand_definitions("a")
