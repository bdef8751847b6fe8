"""Names say what things are, and docstrings what they promise."""

import ast
import re

from tests.architecture.sources import ROOMS, Function, Source, sources

EMPTY_NAMES = {"base", "common", "helper", "helpers", "util", "utils"}
EMPTY_CLASSES = re.compile(r"(?:Base|Handler|Helper|Manager|Processor|Service|Util|Utils)$")
SAID_ELSEWHERE = {"Service"}  # the API's name for this service: `service { name version }`
DOCUMENTED = ("db/", "jobs/pipeline.py", "jobs/engines/")
SENTENCE_END = re.compile(r"[.!?][)\"'`]*\s+[A-Z]")


def test_modules_are_named_after_concepts() -> None:
    """No module is called utils, helpers, common or base: if no name can be found, there is no concept."""
    named = {file.path: set(file.path.removesuffix(".py").split("/")) for file in sources(*ROOMS, "tests")}
    assert [] == [path for path, words in named.items() if words & EMPTY_NAMES]


def test_classes_are_named_after_concepts() -> None:
    """No class is called a manager, service, handler, processor or helper."""
    found = [
        file.place(node.lineno)
        for file in sources(*ROOMS, "tests")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ClassDef)
        and EMPTY_CLASSES.search(node.name)
        and node.name not in SAID_ELSEWHERE
    ]
    assert [] == found


def test_modules_say_what_they_are_for() -> None:
    """Every file begins with a docstring."""
    assert [] == [file.path for file in sources(*ROOMS, "tests") if not ast.get_docstring(file.tree)]


def test_public_functions_are_documented() -> None:
    """Every public function of db, of what a pipeline is, and of the engines says what it promises."""
    found = [
        f"{file.place(function.lineno)} {function.name}"
        for file in sources("db", "jobs")
        if file.path.startswith(DOCUMENTED)
        for function in public_functions(file)
        if not ast.get_docstring(function)
    ]
    assert [] == found


def public_functions(file: Source) -> list[Function]:
    """Functions of the module and methods of its public classes; properties read like fields."""
    bodies = [file.tree.body]
    bodies += [
        node.body for node in file.tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    return [
        node
        for body in bodies
        for node in body
        if isinstance(node, Function) and not node.name.startswith("_") and not is_accessor(node)
    ]


def is_accessor(function: Function) -> bool:
    """Whether a function is a property, or fills a place that another library describes."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in function.decorator_list}
    return bool(names & {"property", "cached_property", "override"})


def test_every_test_is_a_sentence() -> None:
    """Every test says in one sentence what holds: together they are the specification."""
    found = [
        f"{file.place(function.lineno)} {function.name}"
        for file in sources("tests")
        for function in file.functions()
        if function.name.startswith("test_") and not is_sentence(ast.get_docstring(function))
    ]
    assert [] == found


def is_sentence(words: str | None) -> bool:
    return (
        bool(words)
        and str(words).endswith(".")
        and "\n\n" not in str(words)
        and not SENTENCE_END.search(str(words))
    )
