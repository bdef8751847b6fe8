"""Definitions as text, whatever a dump made of them: changed only where they could not be parsed."""

MARK = "\ufeff"  # a byte order mark
LITTLE, BIG = "\u00ff\u00fe", "\u00fe\u00ff"  # what stands there where its bytes were taken for characters
NUL_SHARE = 0.4  # of all characters are NUL where UTF-16 was taken for single bytes: half of them in plain SQL
ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_of(given: str | bytes) -> str:
    r"""Return a definition as text: line ends, comments and `GO` as they came, without a byte order mark.

    UTF-16 is decoded, whether it comes as bytes or as a text that is interleaved with NUL. Bytes that are no
    UTF-8 are taken for Windows-1252. A NUL that stays becomes a blank, so that places hold.

    Cost: linear.

    >>> text_of("C\0R\0E\0A\0T\0E\0"), text_of("\ufeffSELECT 1".encode("utf-16-be"))
    ('CREATE', 'SELECT 1')
    """
    text = given if isinstance(given, str) else _decoded(given)
    if "\0" in text:
        text = _joined(text)
    return text.removeprefix(MARK).replace("\0", " ")


def _decoded(given: bytes) -> str:
    for mark, encoding in ENCODINGS:
        if given.startswith(mark):
            return given.decode(encoding, "replace")
    try:
        return given.decode()
    except UnicodeDecodeError:
        return given.decode("latin-1" if b"\0" in given else "cp1252", "replace")


def _joined(text: str) -> str:
    """Join a text whose characters are the bytes of UTF-16; one with but a few NULs stays."""
    if text.count("\0") < NUL_SHARE * len(text):
        return text
    plain = text.removeprefix(MARK).removeprefix(LITTLE).removeprefix(BIG)
    try:
        whole = plain.encode("latin-1")
    except UnicodeEncodeError:  # whole characters between the NULs
        return plain.replace("\0", "")
    return whole.decode("utf-16-be" if plain.startswith("\0") else "utf-16-le", "replace")


def shown(value: object, limit: int = 60) -> str:
    r"""Return a value as people read it in a list of bad rows: short, on one line, and nothing invisible.

    >>> shown(None), shown("a\tb"), shown(7)
    ('NULL', "'a\\tb'", '7')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    if not isinstance(value, str):
        return str(value)
    return repr(value if len(value) <= limit else value[: limit - 1] + "…")
