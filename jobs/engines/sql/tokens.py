"""The words of a statement, cut by DuckDB's own lexer, so that nothing reads otherwise here than there."""

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a statement that is no comment and no blank."""

    text: str
    start: int
    """In characters, like `end`."""
    end: int

    @property
    def word(self) -> str:
        """A name or keyword in small letters, without its quotes; of anything else its text."""
        return self.name.lower()

    @property
    def name(self) -> str:
        """A name as it is spelt, without its quotes."""
        if self.text.startswith('"'):
            return self.text[1:-1].replace('""', '"')
        return self.text

    @property
    def is_name(self) -> bool:
        """Whether it may be a name: a word, or anything in double quotes."""
        return self.text[:1] in {'"', "_"} or self.text[:1].isalpha()


def tokens_of(sql: str) -> tuple[Token, ...]:
    """The tokens of a text, which need not be right; its characters must be ones that UTF-8 has."""
    text = sql.encode()
    if not (cuts := duckdb.tokenize(sql)):
        return ()
    ends = [start for start, _ in cuts[1:]] + [len(text)]
    found, place = [], len(text[: cuts[0][0]].decode())
    for (start, kind), end in zip(cuts, ends, strict=True):
        piece = text[start:end].decode()
        if kind != duckdb.token_type.comment:
            shown = piece.rstrip()
            found.append(Token(shown, place, place + len(shown)))
        place += len(piece)
    return tuple(found)


def place_of(sql: str, character: int) -> tuple[int, int]:
    """Line and column, counted from 1, of the character at a 0-based place."""
    before = sql[: max(0, character)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
