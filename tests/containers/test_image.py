"""The image holds what the service needs and nothing else, in versions that are pinned."""

import re
import shlex
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from graph.settings import load_all
from tests.containers.recipes import ROOT, context, image_environment, passes, steps

FINAL = [step for step in steps() if step.stage == 1]
BUILDER = [step for step in steps() if step.stage == 0]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_two_stages_of_one_python() -> None:
    """Both stages are one Python, pinned to the patch, that the project supports; the second is shipped."""
    bases = [step.rest.partition(" ")[0] for step in steps() if step.word == "FROM"]
    match = re.fullmatch(r"python:(3\.\d+\.\d+)-slim-[a-z]+", bases[0])

    assert [bases[0]] * 2 == bases
    assert match
    assert match[1] in SpecifierSet(PROJECT["requires-python"])


def test_packages_come_from_the_lock() -> None:
    """Packages are installed with the digests of the lock, as wheels, and the project without any index."""
    (installing,) = [step.rest for step in BUILDER if "-r requirements/app.lock" in step.rest]
    (building,) = [step.rest for step in BUILDER if "hatchling build" in step.rest]

    assert {"--require-hashes", "--only-binary", ":all:"} <= set(shlex.split(installing))
    assert {"--no-deps", "--no-index"} <= set(shlex.split(building))
    assert not re.search(r"apt-get|apk |curl|wget|gcc|git ", " ".join(step.rest for step in steps()))


def needed(name: str, found: set[str]) -> set[str]:
    """A package and all that it asks for, as far as it is installed here."""
    if name not in found and list(Distribution.discover(name=name)):
        found.add(name)
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            extras = ({"extra": extra} for extra in ("c", "binary", "hiredis", "httpx", "websockets", ""))
            if requirement.marker is None or any(map(requirement.marker.evaluate, extras)):
                needed(canonicalize_name(requirement.name), found)
    return found


def test_what_only_building_needs_leaves() -> None:
    """The tools that build the project leave the image, and nothing that the service needs leaves with them."""
    (building,) = [step.rest for step in BUILDER if "hatchling build" in step.rest]
    leaving = set(building.partition("uninstall --yes ")[2].split())
    app = {
        canonicalize_name(name)
        for name in re.findall(
            r"^([\w.-]+)(?:\[.+\])?==", (ROOT / "requirements/app.lock").read_text(), re.MULTILINE
        )
    }
    direct = {canonicalize_name(Requirement(each).name) for each in PROJECT["dependencies"]}
    service: set[str] = set()
    for name in direct:
        needed(name, service)

    assert {"uv", "hatchling"} <= leaving <= app
    assert set() == leaving & service


def test_the_final_stage() -> None:
    """The final stage runs nothing as root after it was set up, and says how it is ended and asked after."""
    words = [step.word for step in FINAL]
    (user,) = [step.rest for step in FINAL if step.word == "USER"]

    assert all(int(part) >= 1000 for part in user.split(":"))
    assert "RUN" not in words[words.index("USER") :]
    assert {"HEALTHCHECK", "ENTRYPOINT", "CMD", "STOPSIGNAL", "VOLUME", "LABEL", "EXPOSE"} <= set(words)
    rests = {step.word: step.rest for step in FINAL}
    assert ("SIGTERM", '["headwater"]', '["serve"]') == tuple(
        rests[word] for word in ("STOPSIGNAL", "ENTRYPOINT", "CMD")
    )
    assert rests["HEALTHCHECK"].endswith('CMD ["python", "-m", "graph.alive", "api"]')
    assert ["--from=builder /opt/headwater /opt/headwater"] == [s.rest for s in FINAL if s.word == "COPY"]
    assert rests["VOLUME"] == image_environment()["HEADWATER_DATA_DIR"]


def test_settings_of_the_image() -> None:
    """What the image sets are settings, and Python writes nothing beside its code."""
    own = {name: value for name, value in image_environment().items() if name.startswith("HEADWATER_")}

    assert load_all(own)
    assert "1" == image_environment()["PYTHONDONTWRITEBYTECODE"]


def copied() -> list[str]:
    return [source for step in BUILDER if step.word == "COPY" for source in step.rest.split()[:-1]]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_is_there(source: str) -> None:
    """Whatever the builder copies is in the tree, and .dockerignore lets it through."""
    place = ROOT / source
    files = (
        [place]
        if place.is_file()
        else [each for each in place.rglob("*.py") if "__pycache__" not in each.parts]
    )

    assert files
    assert all(passes(each.relative_to(ROOT)) for each in files)


def test_the_builder_sees_no_more() -> None:
    """The builder gets what it copies and no more: no tests, no state, no secrets, nothing compiled."""
    seen = sorted(path.as_posix() for path in context())

    assert {"Dockerfile", "LICENSE", "README.md", "pyproject.toml", "requirements/app.lock"} == {
        path for path in seen if path.partition("/")[0] not in {"alembic", "db", "graph", "jobs"}
    }
    for hidden in (".env", "secrets/api_token", "var/headwater.db", "tests/house.py", ".git/config", "a.pem"):
        assert not passes(Path(hidden)), hidden
    assert not passes(Path("db/__pycache__/models.cpython-312.pyc"))
    assert passes(Path("graph/static/graphiql/graphiql.min.js"))
