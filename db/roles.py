"""What somebody may do in a workspace, as words: known without a database."""

from enum import StrEnum

EVERYBODY = "*"
"""The principal of a member row that is for everybody who is signed in."""

EVERYWHERE = "*"
"""The workspace of a key's scope that is for every workspace there is."""


class Role(StrEnum):
    """What somebody may do in a workspace; each role includes those before it."""

    VIEWER = "viewer"
    RUNNER = "runner"
    EDITOR = "editor"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """How much it permits, from 0."""
        return list(Role).index(self)


ROLES = ", ".join(f"'{role.value}'" for role in Role)
