"""Who must not reach the outside does not."""

import ast
import re

from tests.architecture.sources import ROOMS, ROOT, sources

OUTSIDE = {
    *(
        "asyncio",
        "datetime",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "shutil",
        "signal",
        "socket",
    ),
    *("ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"),
}
DOORS = {"breakpoint", "input", "open", "print"}

STATIC = ROOT / "graph" / "static"
VENDORED = "vendor"
ADDRESS = re.compile(r"(?:https?|wss?)://([\w.-]+)")
NAMESPACES = {"www.w3.org", "graphml.graphdrawing.org"}  # XML names, which nobody fetches
SPECIFICATIONS = {  # where `specifiedBy` points, and what OpenLineage's events name their schemas by
    *("openlineage.io", "spec.graphql.org", "www.rfc-editor.org"),
}
MENTIONED = {  # by vendored files, in comments, licences and messages; test_graphiql shows that none is asked
    *("codemirror.net", "commonmark.org", "en.wikipedia.org", "github.com", "mathiasbynens.be", "motion.dev"),
    *("radix-ui.com", "reactjs.org", "scripts.sil.org", "www.apache.org"),
}
OUR_OWN = {"localhost", "127.0.0.1"}
SPIES = re.compile(
    r"sendBeacon|google-analytics|googletagmanager|sentry\.io|segment\.(?:io|com)|posthog|telemetry"
)


def test_pure_engines_are_pure() -> None:
    """Engines of lineage, diff and drawing have no clock, no disk, no network, no chance: values in and out."""
    files = sources("jobs/engines/lineage", "jobs/engines/diff", "jobs/engines/drawing")
    imported = [
        file.place(line) for file in files for line, name in file.imports() if name.partition(".")[0] in OUTSIDE
    ]
    called = [
        file.place(node.lineno)
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DOORS
    ]
    assert [] == imported + called


def test_no_foreign_host_in_what_browsers_get() -> None:
    """Files that we serve name no foreign host, but for what vendored ones mention without asking it."""
    known = NAMESPACES | OUR_OWN
    for path in (path for path in STATIC.rglob("*") if path.is_file()):
        allowed = known | (MENTIONED if VENDORED in path.parts else set())
        text = path.read_text(encoding="utf-8")
        assert set(ADDRESS.findall(text)) <= allowed, path
        assert not SPIES.search(text), path


def test_no_foreign_host_in_code() -> None:
    """The service calls nobody of its own accord: no address of a foreign host stands in its code."""
    found = {
        file.place(number): host
        for file in sources(*ROOMS)
        for number, line in enumerate(file.text.splitlines(), start=1)
        for host in ADDRESS.findall(line)
        if host not in NAMESPACES | SPECIFICATIONS | OUR_OWN
    }
    assert {} == found
