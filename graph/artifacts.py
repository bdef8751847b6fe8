"""Artifacts: bytes of runs, described here and read over plain HTTP."""

import hashlib
from urllib.parse import quote

import strawberry

from db.models import Artifact as ArtifactRow
from graph.audit import Witnessed
from graph.context import Info
from graph.grants import Purpose
from graph.scalars import BigInt


@strawberry.type(description="Bytes a run took or made, named by their SHA-256.")
class Artifact:
    workspace: strawberry.Private[str]
    name: str = strawberry.field(description="What the run calls it; files it was given begin with `input/`.")
    sha256: str = strawberry.field(description="SHA-256 of the bytes, in hexadecimal.")
    size: BigInt = strawberry.field(description="How many bytes.")
    size_bytes: BigInt = strawberry.field(
        description="How many bytes.", deprecation_reason="Read `size`. Removed after 2027-06-30."
    )
    media_type: str = strawberry.field(description="What they are.")

    @strawberry.field(
        description="Where to GET them for 15 minutes, as often as wanted, in ranges too. Who has this address "
        "needs no token. FORBIDDEN to those who may not see definitions: files hold them.",
        extensions=[Witnessed("Artifact.url")],
    )
    async def url(self, info: Info) -> str:
        info.context.rights.demand_definitions(self.workspace)
        grants, file_name = info.context.transfers.grants, file_name_of(self.name)
        about = about_artifact(self.sha256, file_name)
        grant = await grants.sign(Purpose.GET_ARTIFACT, about, self.workspace)
        return grants.address(info.context.request, f"/artifacts/{grant}/{quote(file_name, safe='')}")

    @classmethod
    def of(cls, workspace: str, name: str, row: ArtifactRow) -> "Artifact":
        size = BigInt(row.size_bytes)
        return cls(
            workspace=workspace,
            name=name,
            sha256=row.digest,
            size=size,
            size_bytes=size,
            media_type=row.media_type,
        )


def file_name_of(name: str) -> str:
    """What an artifact of this name is called where it is saved."""
    last = name.rpartition("/")[2]
    return "artifact" if last in {"", ".", ".."} else last


def about_artifact(digest: str, file_name: str) -> str:
    """What a grant for an artifact is about: its bytes, and the file name they may be given, in short."""
    return f"{digest}/{hashlib.sha256(file_name.encode()).hexdigest()[:16]}"
