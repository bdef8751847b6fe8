"""Dockerfile, .dockerignore and docker-compose.yml, read as the tools read them that act on them."""

import fnmatch
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
SECRETS = "/run/secrets/"


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a Dockerfile, and which of its stages it belongs to."""

    stage: int
    word: str
    rest: str


def steps() -> list[Step]:
    """The instructions of the Dockerfile, in order; comments are gone, and continued lines are one."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[Step] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        stage = sum(step.word == "FROM" for step in found) - (word != "FROM")
        found.append(Step(stage, word, " ".join(rest.split())))
    return found


def image_environment() -> dict[str, str]:
    """What the image sets for what runs in it."""
    pairs = (
        pair for step in steps() if step.word == "ENV" and step.stage == 1 for pair in shlex.split(step.rest)
    )
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def composition() -> dict[str, Any]:
    """The composition, with what its parts share filled in."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return read


def services() -> Mapping[str, dict[str, Any]]:
    found: Mapping[str, dict[str, Any]] = composition()["services"]
    return found


def seconds(given: str) -> int:
    """A duration of the composition."""
    match = re.fullmatch(r"(\d+)(s|m)", given)
    assert match, given
    return int(match[1]) * (60 if match[2] == "m" else 1)


def context() -> Iterator[Path]:
    """The files that reach the builder: those that .dockerignore lets through, and that would be committed."""
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if name not in {".git", ".venv", "node_modules", "var"}]
        for name in files:
            path = (Path(folder) / name).relative_to(ROOT)
            if passes(path):
                yield path


def passes(path: Path) -> bool:
    """Whether .dockerignore lets a file through: the last pattern that names it, or a folder of it, decides."""
    let_through = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#") and is_named(path, pattern.removeprefix("!")):
            let_through = pattern.startswith("!")
    return let_through


def is_named(path: Path, pattern: str) -> bool:
    places = [path.as_posix(), *(folder.as_posix() for folder in path.parents if folder.name)]
    if pattern.startswith("**/"):
        return any(fnmatch.fnmatch(place.rpartition("/")[2], pattern[3:]) for place in places)
    return any(fnmatch.fnmatch(place, pattern) for place in places if place.count("/") == pattern.count("/"))
