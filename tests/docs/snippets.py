"""The pages of the documentation, and the blocks of code in them.

What is done with a block is decided by the language it names, and a word behind it:

* graphql: validated against the schema; a json block right behind it holds its variables
* graphql sdl: quotes a part of the schema, and is only parsed
* console: lines that begin with a dollar sign are commands; those of make and headwater must exist,
  with the options that they are shown with
* python: must compile
* python run: is executed, all such blocks of a page in one namespace
* json, toml: must parse
* javascript, typescript: a file named in its first line; those of a page are a project, which test_apollo.py
  compiles and runs
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?: +(?P<mark>\w+))? *\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A block of code: where it stands, its language, what is asked of it, and its text."""

    place: str
    language: str
    mark: str
    body: str
    follows: str = ""  # the language of the block right before it


def pages() -> list[Path]:
    """The pages that people read."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "jobs").rglob("README.md")]
    return sorted(found)


def snippets(language: str = "") -> list[Snippet]:
    """All blocks of a language, or all there are."""
    found = [snippet for page in pages() for snippet in snippets_of(page)]
    return [snippet for snippet in found if language in {"", snippet.language}]


def snippets_of(page: Path) -> Iterator[Snippet]:
    text = page.read_text(encoding="utf-8")
    end, before = 0, ""
    for fence in FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 1
        adjacent = not text[end : fence.start()].strip()
        yield Snippet(
            place=f"{page.relative_to(ROOT)}:{line}",
            language=fence["language"],
            mark=fence["mark"] or "",
            body=undented(fence["body"], len(fence["indent"])),
            follows=before if adjacent else "",
        )
        end, before = fence.end(), fence["language"]


def undented(body: str, indent: int) -> str:
    return "".join(line[indent:] if line.strip() else line for line in body.splitlines(keepends=True))


def commands(snippet: Snippet) -> list[list[str]]:
    """The commands of a console block, each as its words; a backslash joins lines."""
    joined = snippet.body.replace("\\\n", " ")
    return [line[2:].split("#")[0].split() for line in joined.splitlines() if line.startswith("$ ")]
