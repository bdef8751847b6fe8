"""Tell in which encoding a text is, and read it: what is no text is refused, never mangled."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE_BYTES = 4_096  # of the lines that are not ASCII: what guessing looks at, whatever the text's size
AROUND_BYTES = 40
BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
WORD_END = re.compile(rb"[\r\n \t]")  # no encoding of many bytes a letter has these within a letter
NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")  # 0x1A ends files of DOS, 0x1B is a shift in Japanese
GUESSES = (
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1257",
    "cp932",
    "gb18030",
    "big5",
    "cp949",
    "euc_jp",
    "cp437",
    "cp850",
    "mac_roman",
)
WESTERN = (
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŸ"
    "\xa0¡¢£¥§©ª«¬®°±²³´µ¶·º»¼½¾¿×÷€‚„…†‡‰‹›‘’“”•–—™"  # noqa: RUF001 - signs, meant as they are
)
FEW_BESIDE_ASCII = re.compile(f"(?:[\x00-\x7f]|[{WESTERN}]{{1,3}}(?![^\x00-\x7f]))*")


class NoText(ValueError):
    """Bytes that are no text: what is wrong, and at which byte."""

    def __init__(self, problem: str, offset: int) -> None:
        self.problem, self.offset = problem, offset
        super().__init__(f"{problem} at byte {offset:,}")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What bytes say. `guessed` names the encoding that was taken where nothing in the bytes told it."""

    text: str
    encoding: str
    guessed: bool = False


def decode(content: bytes) -> Decoded:
    r"""Read a text by its byte order mark, else as UTF-8, else by its NULs as UTF-16, else by a guess.

    A mark is taken off. The same bytes are always read the same way. Windows-1252 is preferred where it
    gives accents of Western Europe strewn among ASCII; other guesses are of `charset_normalizer`.

    Raises:
        NoText: The bytes are binary, break off, or are in no encoding that is known.

    Cost: linear; a guess looks at 4 KB at most and takes some 10 ms.

    >>> decode(b"Stra\xdfe")
    Decoded(text='Straße', encoding='windows-1252', guessed=True)
    """
    for mark, marked in MARKS:
        if content.startswith(mark):
            return Decoded(_strictly(content, marked, len(mark)), marked)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        pass
    else:
        if "\0" not in text or _by_nuls(content) is None:
            return Decoded(_without_nul(text, "utf-8", 0), "utf-8")
    encoding = _by_nuls(content)
    if encoding is not None:
        return Decoded(_strictly(content, encoding, 0), encoding, guessed=True)
    return _guessed(content)


def _strictly(content: bytes, encoding: str, begin: int) -> str:
    try:
        text = content[begin:].decode(encoding)
    except UnicodeDecodeError as error:
        raise NoText(f"is not {encoding.upper()} ({error.reason})", begin + error.start) from error
    return _without_nul(text, encoding, begin)


def _without_nul(text: str, encoding: str, begin: int) -> str:
    at = text.find("\0")
    if at >= 0:
        raise NoText("holds a NUL", begin + len(text[:at].encode(encoding)))
    return text


def _by_nuls(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of what is ASCII is NUL, and hardly any of the rest."""
    if len(content) % 2 or not content:
        return None
    half = len(content) // 2
    even, odd = content[::2].count(0), content[1::2].count(0)
    if odd > 0.3 * half and even < 0.01 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.01 * half:
        return "utf-16-be"
    return None


def _guessed(content: bytes) -> Decoded:
    binary = NO_TEXT.search(content)
    if binary:
        raise NoText("is binary: neither UTF-8 nor another text", binary.start())
    for encoding in _candidates(content):
        try:
            return Decoded(content.decode(encoding), _shown(encoding), guessed=True)
        except UnicodeDecodeError:
            continue
    at = next((place for place, byte in enumerate(content) if byte > 0x7F), 0)
    raise NoText("is in no encoding that is known", at)


def _candidates(content: bytes) -> Iterator[str]:
    """Encodings that may fit, the likeliest first."""
    sample = sample_of(content)
    western = sample.decode("cp1252", errors="replace")
    if FEW_BESIDE_ASCII.fullmatch(western):
        yield "cp1252"
    yield from (found.encoding for found in from_bytes(sample, cp_isolation=list(GUESSES), threshold=0.9))
    yield "cp1252"


def sample_of(content: bytes) -> bytes:
    """The first stretches that are not ASCII, each from near its first such byte to the end of a word."""
    stretches, size, at = list[bytes](), 0, 0
    while size < SAMPLE_BYTES and (found := BEYOND_ASCII.search(content, at)):
        begin = max(at, found.start() - AROUND_BYTES, content.rfind(b"\n", at, found.start()) + 1)
        stop = WORD_END.search(content, found.end(), begin + SAMPLE_BYTES - size)
        at = stop.end() if stop else begin + SAMPLE_BYTES - size
        stretches.append(content[begin:at])
        size += at - begin
    return b"".join(stretches)


def _shown(encoding: str) -> str:
    """An encoding's name as the world knows it."""
    name = encoding.replace("_", "-")
    return f"windows-{name[2:]}" if name.startswith("cp125") else name
