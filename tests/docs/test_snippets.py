"""What the documentation shows can be done: its examples are run, validated or parsed."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from itertools import pairwise

import pytest
from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values

from graph.graphiql import example_tabs
from tests.docs.snippets import ROOT, Snippet, commands, pages, snippets

LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
LANGUAGES = {"console", "graphql", "ini", "json", "mermaid", "python", "sql", "text", "toml", "yaml"}
COMPILED = {"javascript", "typescript"}  # on the one page that test_apollo.py compiles and runs
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
NOT_THERE_YET = "the command line is not there yet"


@pytest.fixture(scope="module")
def api() -> GraphQLSchema:
    """The schema as clients are told it."""
    from graph.schema import schema

    return build_schema(schema.as_str())


def mistakes_in_variables(api: GraphQLSchema, document: DocumentNode, text: str) -> list[str]:
    """What is wrong with the variables of the operations of a document."""
    found: list[str] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            values = get_variable_values(api, definition.variable_definitions or (), json.loads(text or "{}"))
            found += [error.message for error in values] if isinstance(values, list) else []
    return found


def documents() -> list[tuple[str, str, str]]:
    """GraphQL that readers are given: where, the document, and its variables."""
    blocks = snippets()
    found = [
        (
            block.place,
            block.body,
            following.body if following.follows == "graphql" and is_json(following) else "",
        )
        for block, following in pairwise((*blocks, Snippet("", "", "", "")))
        if block.language == "graphql" and block.mark != "sdl"
    ]
    return found + [(tab.title, tab.query, tab.variables) for tab in example_tabs()]


def is_json(block: Snippet) -> bool:
    return block.language == "json"


def test_graphql_is_valid(api: GraphQLSchema) -> None:
    """Every GraphQL example, and every tab of GraphiQL, is valid against the schema, with its variables."""
    for place, text, variables in documents():
        document = parse(text)
        assert [] == [error.message for error in validate(api, document)], place
        assert [] == mistakes_in_variables(api, document, variables), place


def test_quoted_schema_parses() -> None:
    """Parts of the schema that are quoted are SDL."""
    for snippet in snippets("graphql"):
        if snippet.mark == "sdl":
            assert parse(snippet.body).definitions


def test_python_runs() -> None:
    """Python examples compile, and those that are marked so run, page by page."""
    namespaces: dict[str, dict[str, object]] = {}
    for snippet in snippets("python"):
        code = compile(snippet.body, snippet.place, "exec")
        if snippet.mark == "run":
            exec(code, namespaces.setdefault(snippet.place.partition(":")[0], {}))  # noqa: S102 - our own pages


def test_data_parses() -> None:
    """JSON and TOML in the documentation can be pasted."""
    for snippet in snippets("json"):
        json.loads(snippet.body)
    for snippet in snippets("toml"):
        tomllib.loads(snippet.body)


def test_every_block_names_its_language() -> None:
    """A block of code says what it is, so that it can be checked."""
    assert [] == [snippet.place for snippet in snippets() if snippet.language not in LANGUAGES | COMPILED]
    assert {"docs/guide/apollo.md"} == {
        snippet.place.partition(":")[0] for snippet in snippets() if snippet.language in COMPILED
    }


def test_make_targets_exist() -> None:
    """Every `make …` that is shown is a target."""
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    shown = [(snippet.place, words) for snippet in snippets("console") for words in commands(snippet)]
    assert [] == [
        (place, words)
        for place, words in shown
        if words[:1] == ["make"] and not set(target_words(words)) <= targets
    ]


def target_words(words: list[str]) -> list[str]:
    return [word for word in words[1:] if "=" not in word and not word.startswith("-")]


@pytest.mark.skipif(find_spec("graph.cli") is None, reason=NOT_THERE_YET)
def test_commands_exist() -> None:
    """Every `headwater …` that is shown is a command, and has the options it is shown with."""
    shown = [words for snippet in snippets("console") for words in commands(snippet) if "headwater" in words[0]]
    for command, options in sorted(options_by_command(shown).items()):
        told = help_of(command)
        assert options <= set(re.findall(r"--[a-z-]+", told)), f"{' '.join(command)}:\n{told}"


def options_by_command(shown: list[list[str]]) -> dict[tuple[str, ...], set[str]]:
    """Command (up to two words) → the options that it is shown with anywhere."""
    found: dict[tuple[str, ...], set[str]] = {}
    for words in shown:
        names = [word for word in words[1:3] if re.fullmatch(r"[a-z][a-z-]*", word)]
        command = tuple(names[: 2 if names[:1] == ["run"] else 1])
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        found.setdefault(command, set()).update(options)
    return found


def help_of(command: tuple[str, ...]) -> str:
    """What `headwater COMMAND --help` says."""
    asked = subprocess.run(
        [sys.executable, "-c", "from graph.cli import main; main()", *command, "--help"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert asked.returncode == 0, f"headwater {' '.join(command)}: {asked.stderr}"
    return asked.stdout


def test_links_lead_somewhere() -> None:
    """Every link between pages leads to a file that exists, and to a heading in it if it names one."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages()
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
        if not leads_somewhere(page.parent, page.name, target)
    ]
    assert [] == broken


def leads_somewhere(folder: os.PathLike[str], own_name: str, target: str) -> bool:
    name, _, anchor = target.partition("#")
    path = ROOT / folder / (name or own_name)
    if not path.exists() or not anchor:
        return path.exists()
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
