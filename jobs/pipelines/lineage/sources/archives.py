"""SQL files, alone or in archives, as texts to read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jobs.engines.files.archives import Limits, read_archive
from jobs.engines.files.encodings import NoText, decode
from jobs.engines.files.roles import Role
from jobs.engines.lineage.values import SqlText
from jobs.errors import BadCatalog, Problem
from jobs.pipelines.lineage.sources.material import File, Material
from jobs.pipelines.lineage.values import MAX_TEXT_CHARACTERS, MAX_TEXTS, MAX_TOTAL_CHARACTERS

NAMED = 5  # files in a warning that speaks of many
LISTED = 100  # warnings that speak of a file each
LIMITS = Limits()


@dataclass(slots=True)
class Shelf:
    """What was read so far, and what is odd about it."""

    texts: dict[str, str] = field(default_factory=dict)
    characters: int = 0
    guessed: dict[str, list[str]] = field(default_factory=dict)  # by encoding
    unreadable: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)  # by archive
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, file: str, message: str) -> None:
        self.problems.append(Problem(code, file, message))


def read(files: Sequence[File]) -> Material:
    """The texts of SQL files and archives, in order of their names: a function for a child process.

    Files of one archive are named by their place in it; where there are several archives, each name begins
    with that of its archive. A file that is no text is left out with a warning that says so, as are empty ones.

    Raises:
        BadCatalog: An archive or a text is refused, the texts are too many or too large together, two have one
            name, or there is none.
    """
    shelf = Shelf()
    ordered = sorted(files, key=lambda file: file.name.split("/"))  # as in an archive of them
    several = sum(file.role is Role.ARCHIVE for file in ordered) > 1
    for file in ordered:
        try:
            for name, content in _contents(file, shelf, prefix=f"{file.name}/" if several else ""):
                _put(shelf, name, content)
        except BadCatalog as refused:
            shelf.problems += refused.problems
    _check(shelf, ordered)
    return Material(
        texts=tuple(SqlText(name, sql) for name, sql in shelf.texts.items()), warnings=tuple(_warnings(shelf))
    )


def _contents(file: File, shelf: Shelf, *, prefix: str) -> Iterator[tuple[str, bytes]]:
    if file.role is not Role.ARCHIVE:
        if file.path.stat().st_size > LIMITS.entry_bytes:
            message = f"is larger than {LIMITS.entry_bytes:,} bytes; split it"
            shelf.refuse("TOO_LARGE", file.name, message)
        else:
            yield file.name, file.path.read_bytes()
        return
    unpacked = read_archive(file.path, file.name, LIMITS)
    if unpacked.left_out:
        shelf.left_out[file.name] = unpacked.left_out
    yield from ((prefix + entry.name, entry.content) for entry in unpacked.entries)


def _put(shelf: Shelf, name: str, content: bytes) -> None:
    """Decode a text and keep it, or note why not."""
    try:
        decoded = decode(content)
    except NoText as error:
        shelf.unreadable.append(f"{name} {error}")
        return
    if not decoded.text.strip():
        shelf.empty.append(name)
    elif len(decoded.text) > MAX_TEXT_CHARACTERS:
        message = f"has {len(decoded.text):,} characters; at most {MAX_TEXT_CHARACTERS:,} are taken; split it"
        shelf.refuse("TEXT_TOO_LONG", name, message)
    elif name in shelf.texts:
        shelf.refuse("DUPLICATE_NAME", name, "is the name of two files; rename one of them")
    else:
        if decoded.guessed:
            shelf.guessed.setdefault(decoded.encoding, []).append(name)
        shelf.characters += len(decoded.text)
        # Beyond the limit only the sum matters: the run is refused.
        shelf.texts[name] = decoded.text if shelf.characters <= MAX_TOTAL_CHARACTERS else ""


def _check(shelf: Shelf, files: Sequence[File]) -> None:
    """Refuse what cannot be read further.

    Raises:
        BadCatalog: For all that is wrong.
    """
    together = _named([file.name for file in files]) or "The files"
    if shelf.characters > MAX_TOTAL_CHARACTERS:
        message = (
            f"hold {shelf.characters:,} characters of SQL together; at most {MAX_TOTAL_CHARACTERS:,} are "
            "taken; make several runs, a source each"
        )
        shelf.refuse("TOO_MANY_CHARACTERS", together, message)
    if len(shelf.texts) > MAX_TEXTS:
        message = f"hold {len(shelf.texts):,} SQL files; at most {MAX_TEXTS:,} are taken"
        shelf.refuse("TOO_MANY_TEXTS", together, message)
    if not (shelf.texts or shelf.problems):
        unreadable = f"; {'; '.join(shelf.unreadable[:NAMED])}" if shelf.unreadable else ""
        message = f"hold no SQL: files that end in .sql, are not hidden and not empty are read{unreadable}"
        shelf.refuse("NO_SQL", together, message)
    if shelf.problems:
        raise BadCatalog(shelf.problems)


def _warnings(shelf: Shelf) -> Iterator[str]:
    for archive, count in shelf.left_out.items():
        yield f"{archive}: left out {_files(count)} that {_verb(count)} hidden or not named .sql."
    yield from (f"{words}: left out, because it is no text." for words in shelf.unreadable[:LISTED])
    if len(shelf.unreadable) > LISTED:
        yield f"{_files(len(shelf.unreadable) - LISTED)} more left out, because they are no text."
    if shelf.empty:
        yield f"Left out {_named(shelf.empty)}: empty."
    for encoding, names in sorted(shelf.guessed.items()):
        yield f"Read as {encoding}, a guess: {_named(names)}. Save as UTF-8 if it is wrong."


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _verb(count: int) -> str:
    return "is" if count == 1 else "are"


def _named(names: Sequence[str]) -> str:
    """Some names, and how many there are besides."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
