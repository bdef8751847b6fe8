"""The project that the guide to Apollo Client shows: its types are made, it compiles strictly, and it works."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.docs.snippets import ROOT, snippets_of
from tests.graph.api import Api, open_api
from tests.graph.clients import NODE, SCRIPTS, needs_node
from tests.warm import WarmChildren

GUIDE = ROOT / "docs" / "guide" / "apollo.md"
TOKEN = "a-token-of-the-guide-that-is-long-enough"  # noqa: S105 - of a service that lives for one test
STRICTLY = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": False,
    "noImplicitReturns": True,
    "verbatimModuleSyntax": True,
    "skipLibCheck": True,
    "target": "es2022",
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "lib": ["es2023", "dom"],
    "types": ["node"],
}
DEADLINE_SECONDS = 120.0

pytestmark = needs_node


async def run(folder: Path, *words: str) -> str:
    """What a program of the project prints; it has to end well."""
    process = await asyncio.create_subprocess_exec(
        str(NODE), *words, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(DEADLINE_SECONDS):
        said, complaint = await process.communicate()
    assert 0 == process.returncode, said.decode() + complaint.decode()
    return said.decode()


async def generate(folder: Path, config: str) -> None:
    """Make types from the schema."""
    await run(folder, "node_modules/@graphql-codegen/cli/cjs/bin.js", "--config", config)


async def compile_strictly(folder: Path, **more: Any) -> None:
    """Compile all of a project; there is nothing to complain of."""
    config = {"compilerOptions": STRICTLY | more, "include": ["src"]}
    (folder / "tsconfig.json").write_text(json.dumps(config))
    await run(folder, "node_modules/typescript/bin/tsc", "--project", ".")


def empty_project(folder: Path) -> Path:
    """A folder in which what tests/node has installed is found."""
    (folder / "src").mkdir(parents=True)
    (folder / "node_modules").symlink_to(SCRIPTS / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    shutil.copy(ROOT / "graph" / "schema.graphql", folder)
    return folder


def shown_files() -> dict[str, str]:
    """The files of the guide, named by their first line."""
    blocks = [each for each in snippets_of(GUIDE) if each.language in {"javascript", "typescript"}]
    return {block.body.splitlines()[0].removeprefix("// "): block.body for block in blocks}


@pytest.fixture
async def project(tmp_path: Path) -> Path:
    """The guide's project with a script of ours, compiled."""
    folder = empty_project(tmp_path / "project")
    for name, body in shown_files().items():
        (folder / name).write_text(body, encoding="utf-8")
    shutil.copy(SCRIPTS / "guide.ts", folder / "src" / "main.ts")
    await generate(folder, "codegen.ts")
    await compile_strictly(folder, outDir="dist")
    await run(folder, "manifest.mjs")
    return folder


async def visited(api: Api, project: Path, *words: str) -> Any:
    """What the script prints, while a worker does what it submits."""
    script = asyncio.create_task(run(project, "dist/main.js", api.address, TOKEN, *words))

    async def submitted() -> bool:
        return script.done() or await api.house.by_id("guide") is not None

    await api.house.until(submitted)
    if not script.done():
        await api.execute("guide")
    return json.loads(await script)


async def test_the_guides_project(
    sqlite_url: str, redis_url: str, tmp_path: Path, children: WarmChildren, project: Path
) -> None:
    """It signs in, submits, is refused, watches over a break, and pages; its cache keeps things by ids."""
    async with open_api(sqlite_url, redis_url, tmp_path, children, bearer=TOKEN) as api:
        for word in ("one", "two", "three"):
            await api.done(word)
        seen = await visited(api, project)

    assert ("guide", "guide") == (seen["runId"], seen["again"])
    assert ("VALIDATION_FAILED", "NOT_FOUND") == (seen["refused"], seen["unknown"])
    assert list(range(1, len(seen["seqs"]) + 1)) == seen["seqs"]
    assert "RunFinished" == seen["last"]
    assert (4, "guide") == (len(set(seen["runs"])), seen["runs"][0])
    assert ("COMPLETED", "Run", "COMPLETED") == (seen["status"], seen["stopped"], seen["cached"])
    assert {"hash", "texthash"} == set(seen["sent"])
    assert "hash" == seen["sent"][0]


async def test_nothing_but_the_guides_documents(
    sqlite_url: str, redis_url: str, tmp_path: Path, children: WarmChildren, project: Path
) -> None:
    """The manifest that the guide makes is all that a service needs to answer its page, and nothing else."""
    only = {"trusted_documents": str(project / "manifest.json"), "trusted_documents_only": "true"}
    async with open_api(sqlite_url, redis_url, tmp_path, children, bearer=TOKEN, **only) as api:
        seen = await visited(api, project, "trusted")
        other = (await api.post("{ service { name } }")).json()

    assert {"hash"} == set(seen["sent"])
    assert ("COMPLETED", "RunFinished") == (seen["status"], seen["last"])
    assert "UNTRUSTED_DOCUMENT" == other["errors"][0]["extensions"]["code"]


async def test_types_for_the_example(tmp_path: Path) -> None:
    """Types are made from our schema and the documents of examples/apollo, and they compile strictly."""
    folder = empty_project(tmp_path / "types")
    for script in (ROOT / "examples" / "apollo").glob("*.mjs"):
        shutil.copy(script, folder)
    scalars = {"strictScalars": True, "scalars": {"BigInt": "string", "DateTime": "string", "JSON": "unknown"}}
    made = {"src/gql/": {"preset": "client", "config": scalars | {"useTypeImports": True}}}
    config = {"schema": "schema.graphql", "documents": ["*.mjs"], "emitLegacyCommonJSImports": False}
    (folder / "codegen.json").write_text(json.dumps(config | {"generates": made}))
    await generate(folder, "codegen.json")
    await compile_strictly(folder, noEmit=True)

    types = (folder / "src" / "gql" / "graphql.ts").read_text(encoding="utf-8")
    assert all(
        f"export type {name} =" in types for name in ("OutcomeQuery", "WatchSubscription", "LineageQuery")
    )
