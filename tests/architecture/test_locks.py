"""What is installed is pinned: names, versions and digests, and no address of any index."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT

REQUIREMENTS = ROOT / "requirements"
PIN = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[\w.!+]+)(?P<marker> ; [^\\]+)?(?P<hashes> \\)?$"
)
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
LOCKS = sorted(REQUIREMENTS.glob("*.lock"))


def pins(lock: Path) -> dict[str, str]:
    """Name → version of a lock."""
    found = (PIN.match(line) for line in lock.read_text(encoding="utf-8").splitlines())
    return {canonicalize_name(pin["name"]): pin["version"] for pin in found if pin}


def asked(path: Path) -> list[Requirement]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def asked_by_the_project() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = (*project["project"]["dependencies"], *project["build-system"]["requires"])
    return [Requirement(each) for each in wanted]


def test_locks_hold_pins_and_hashes_only() -> None:
    """Every line of a lock is a name with an exact version, or a SHA-256: no index, no path, no address."""
    assert ["app.lock", "dev.lock", "peers.lock", "uv.lock"] == [lock.name for lock in LOCKS]
    for lock in LOCKS:
        odd = [
            line
            for line in lock.read_text(encoding="utf-8").splitlines()
            if not (PIN.match(line) or HASH.match(line))
        ]
        assert [] == odd, lock.name


def test_every_pin_has_a_hash() -> None:
    """Behind every name stands at least one digest."""
    for lock in LOCKS:
        lines = lock.read_text(encoding="utf-8").splitlines()
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            assert not PIN.match(line) or HASH.match(following), f"{lock.name}: {line}"


def test_every_requirement_is_pinned() -> None:
    """What the project and its tools ask for is in the locks, in a version that they accept."""
    app, dev = asked_by_the_project() + asked(REQUIREMENTS / "build.in"), asked(REQUIREMENTS / "dev.in")
    peers = asked(REQUIREMENTS / "peers.in")
    for lock, wanted in (("app.lock", app), ("dev.lock", app + dev), ("peers.lock", peers)):
        pinned = pins(REQUIREMENTS / lock)
        for each in wanted:
            version = pinned.get(canonicalize_name(each.name))
            assert version, f"{each} is not in {lock}: make lock"
            assert version in each.specifier, f"{each} is {version} in {lock}: make lock"


def test_locks_agree() -> None:
    """Tests run on the versions that the service runs on."""
    app, dev, uv = (pins(REQUIREMENTS / name) for name in ("app.lock", "dev.lock", "uv.lock"))
    assert app == {name: version for name, version in dev.items() if name in app}
    assert {"uv": app["uv"]} == uv


def test_the_parser_is_the_same_for_the_peers() -> None:
    """What the engine is measured beside has the engine's own parser, in its version."""
    app, peers = pins(REQUIREMENTS / "app.lock"), pins(REQUIREMENTS / "peers.lock")
    for name in ("sqlglot", "sqlglotc"):
        assert app[name] == peers[name]


def test_every_dependency_is_accounted_for() -> None:
    """Every direct dependency has a line that says why it is worth having."""
    table = (ROOT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8")
    explained = {canonicalize_name(name) for name in re.findall(r"^\| `([\w.-]+)", table, re.MULTILINE)}
    lists = [asked(REQUIREMENTS / name) for name in ("build.in", "dev.in", "peers.in")]
    direct = asked_by_the_project() + [each for wanted in lists for each in wanted]
    names = {canonicalize_name(each.name) for each in direct}

    assert names == explained
