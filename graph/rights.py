"""What a principal may do where, and what each field of the API asks for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

from db.roles import EVERYWHERE, Role
from jobs.errors import Forbidden, UnknownWorkspace


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do. `roles` are those in single workspaces, `everywhere` one in all of them.

    An operator may do everything in every workspace, and what concerns the service as a whole.
    `hidden` are workspaces whose definitions are not shown; `EVERYWHERE` in it means all.
    """

    operator: bool = False
    everywhere: Role | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def role_in(self, workspace: str) -> Role | None:
        """The role in a workspace; None for who may not know that it is there."""
        if self.operator:
            return Role.ADMIN
        found = [role for role in (self.everywhere, self.roles.get(workspace)) if role is not None]
        return max(found, key=_rank, default=None)

    def sees_definitions(self, workspace: str) -> bool:
        """Whether SQL text, expressions and literals are shown."""
        return self.operator or not self.hidden & {workspace, EVERYWHERE}

    def covers(self, other: "Rights") -> bool:
        """Whether all that another one permits is permitted here, too."""
        if self.operator:
            return True
        if other.operator or (
            other.everywhere is not None and not self._at_least(other.everywhere, EVERYWHERE)
        ):
            return False
        if not all(self._at_least(role, workspace) for workspace, role in other.roles.items()):
            return False
        places = {EVERYWHERE, *other.roles} if other.everywhere is not None else set(other.roles)
        return all(self.sees_definitions(each) for each in places if other.sees_definitions(each))

    def _at_least(self, role: Role, workspace: str) -> bool:
        own = self.role_in(workspace)
        return own is not None and own.rank >= role.rank

    def demand(self, role: Role, workspace: str) -> None:
        """Refuse unless this much is permitted.

        Raises:
            UnknownWorkspace: Nothing is permitted there: who may see nothing is not told whether it is there.
            Forbidden: Something is permitted, but less.
        """
        own = self.role_in(workspace)
        if own is None:
            raise UnknownWorkspace(hint="If there is one, ask an admin of it to make you a member.")
        if own.rank < role.rank:
            message = f"This takes the role {role.name} in {workspace}, and yours is {own.name}."
            raise Forbidden(message, hint="Ask an admin of the workspace for it.")

    def demand_definitions(self, workspace: str) -> None:
        """Refuse unless definitions are shown.

        Raises:
            Forbidden: They are not.
        """
        if not self.sees_definitions(workspace):
            message = f"This shows SQL text, which you may not see in {workspace}."
            raise Forbidden(message, hint="Ask an admin of the workspace for the right to see definitions.")

    def demand_operator(self) -> None:
        """Refuse unless the service as a whole may be looked after.

        Raises:
            Forbidden: It may not.
        """
        if not self.operator:
            raise Forbidden("This is for operators.", hint="Operators are named by HEADWATER_OPERATORS.")


def _rank(role: Role) -> int:
    return role.rank


NOBODY = Rights()
OPERATOR = Rights(operator=True)


class Need(Enum):
    """What a field asks for that is not a role in the workspace of its arguments."""

    NOTHING = "whoever may ask at all"
    OPERATOR = "operators"
    OWN = "it looks for itself: it has no workspace among its arguments, or more than a role to look at"


NEEDS: Mapping[str, Role | Need] = {
    # Queries
    "analyzeSql": Need.NOTHING,
    "apiKeys": Need.OPERATOR,
    "asset": Role.VIEWER,
    "assets": Role.VIEWER,
    "auditExport": Need.OWN,
    "auditLog": Need.OWN,
    "catalogHealth": Role.VIEWER,
    "column": Role.VIEWER,
    "dryRun": Role.VIEWER,
    "exampleQueries": Need.NOTHING,
    "health": Need.NOTHING,
    "impact": Role.VIEWER,
    "latestRevision": Role.VIEWER,
    "lineage": Role.VIEWER,
    "lineageDiff": Role.VIEWER,
    "lineagePicture": Role.VIEWER,
    "logs": Need.OPERATOR,
    "members": Role.ADMIN,
    "namespaceAliases": Role.VIEWER,
    "node": Need.OWN,
    "nodes": Need.OWN,
    "paths": Role.VIEWER,
    "rejectedEdges": Role.VIEWER,
    "revisions": Role.VIEWER,
    "run": Role.VIEWER,
    "runs": Role.VIEWER,
    "savedQueries": Role.VIEWER,
    "savedQuery": Role.VIEWER,
    "search": Role.VIEWER,
    "searchAssets": Role.VIEWER,
    "service": Need.NOTHING,
    "sources": Role.VIEWER,
    "summary": Role.VIEWER,
    "systemStatus": Need.NOTHING,
    "table": Role.VIEWER,
    "tables": Role.VIEWER,
    "tagPolicies": Role.VIEWER,
    "tagReach": Role.VIEWER,
    "upload": Role.VIEWER,
    "uploads": Role.VIEWER,
    "viewer": Need.NOTHING,
    "watch": Need.OWN,
    "watches": Role.VIEWER,
    "workspaces": Need.NOTHING,
    # Mutations
    "aliasNamespace": Role.ADMIN,
    "annotate": Role.EDITOR,
    "assertEdge": Role.EDITOR,
    "clearWorkspace": Role.ADMIN,
    "createApiKey": Need.OWN,
    "createUpload": Role.RUNNER,
    "createWatch": Role.RUNNER,
    "createWorkspace": Need.OPERATOR,
    "deleteRun": Role.EDITOR,
    "deleteWatch": Need.OWN,
    "deleteSavedQuery": Role.RUNNER,
    "deleteSource": Role.ADMIN,
    "deleteWorkspace": Role.ADMIN,
    "rejectEdge": Role.EDITOR,
    "removeMember": Role.ADMIN,
    "removeNamespaceAlias": Role.ADMIN,
    "removeTagPolicy": Role.EDITOR,
    "retryRun": Role.RUNNER,
    "revokeApiKey": Need.OWN,
    "runSavedQuery": Role.RUNNER,
    "saveQuery": Role.RUNNER,
    "setMember": Role.ADMIN,
    "setTagPolicy": Role.EDITOR,
    "stopRun": Role.RUNNER,
    "submitRun": Need.OWN,
    "submitRuns": Need.OWN,
    "withdrawEdgeWord": Role.EDITOR,
    # Subscriptions
    "lineageFeed": Role.VIEWER,
    "runEvents": Role.VIEWER,
    "runFeed": Role.VIEWER,
}
"""What each field of the roots asks for, by its name in the API; the schema is not built with any other."""


def rights_from(rows: Collection[tuple[str, Role, bool]]) -> Rights:
    """Rights from rows of workspace, role and whether definitions are seen: of several the highest counts."""
    roles: dict[str, Role] = {}
    seen: dict[str, bool] = {}
    for workspace, role, sees in rows:
        roles[workspace] = max(roles.get(workspace, role), role, key=_rank)
        seen[workspace] = seen.get(workspace, False) or sees
    hidden = frozenset(workspace for workspace, sees in seen.items() if not sees)
    everywhere = roles.pop(EVERYWHERE, None)
    if everywhere is not None and seen[EVERYWHERE]:
        hidden = frozenset()
    return Rights(False, everywhere, roles, hidden)
