"""Files and functions stay small enough to be read in one go."""

from statistics import median, quantiles

from tests.architecture.sources import ROOMS, Function, sources

MAX_FILE = 400  # lines; a file that grows past it becomes a folder of one file a subject
MEDIAN_FILE = 150
MAX_FUNCTION = 60
P90_FUNCTION = 30


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_file_is_long() -> None:
    """No file of code or tests has more than 400 lines."""
    assert {} == {file.path: file.length for file in sources(*ROOMS, "tests") if file.length > MAX_FILE}


def test_most_files_are_short() -> None:
    """Half of all files have at most 150 lines."""
    assert median(file.length for file in sources(*ROOMS)) <= MEDIAN_FILE


def test_no_function_is_long() -> None:
    """No function has more than 60 lines."""
    long = {
        file.place(function.lineno): length(function)
        for file in sources(*ROOMS, "tests")
        for function in file.functions()
        if length(function) > MAX_FUNCTION
    }
    assert {} == long


def test_most_functions_are_short() -> None:
    """Nine of ten functions have at most 30 lines."""
    lengths = [length(function) for file in sources(*ROOMS) for function in file.functions()]
    assert quantiles(lengths, n=10)[-1] <= P90_FUNCTION
