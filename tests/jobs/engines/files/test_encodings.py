"""Texts are read in the encoding they are in; what is no text is refused with the byte that shows it."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engines.files.encodings import MARKS, SAMPLE_BYTES, Decoded, NoText, decode, sample_of

TEXTS = st.text(st.characters(exclude_characters="\0\ufeff", codec="utf-8"))
ENCODED = st.sampled_from([(b"", "utf-8"), *MARKS])
SAMPLES = {
    "windows-1252": "SELECT 'Größe' AS a FROM dbo.Straße; -- naïve “Über” €5, ação, niño",
    "windows-1250": "-- příliš žluťoučký kůň úpěl ďábelské ódy, zażółć gęślą jaźń",
    "windows-1251": "-- Представление заказов клиентов\nCREATE VIEW v AS SELECT 1",
    "windows-1253": "-- παραγγελίες πελατών ανά ημέρα",
    "gb18030": "-- 客户订单视图\nCREATE VIEW v AS SELECT 1 -- 统计每日销售额",
    "big5": "-- 客戶訂單檢視 每日銷售統計",
    "cp949": "-- 고객 주문 보기 매일 판매 통계",
}


def refusal(content: bytes) -> str:
    """What is wrong with bytes, in words."""
    with pytest.raises(NoText) as refused:
        decode(content)
    return str(refused.value)


@given(text=TEXTS, encoded=ENCODED)
def test_what_was_encoded_is_decoded(text: str, encoded: tuple[bytes, str]) -> None:
    """UTF-8, with or without its mark, and UTF-16 and UTF-32 with theirs give the text that was written."""
    mark, encoding = encoded
    decoded = decode(mark + text.encode(encoding))
    assert (text, encoding, False) == (decoded.text, decoded.encoding, decoded.guessed)


@given(before=st.text("abc é", min_size=8, max_size=20), encoded=ENCODED)
def test_a_nul_is_found(before: str, encoded: tuple[bytes, str]) -> None:
    """A NUL is refused with the byte it stands at."""
    mark, encoding = encoded
    begin = mark + before.encode(encoding)
    assert f"holds a NUL at byte {len(begin)}" == refusal(begin + "\0x".encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(encoding: str) -> None:
    """UTF-16 is told by its NULs where no mark tells it, whatever letters are among them."""
    for text in ("SELECT 1", "-- Größe €\nSELECT 1 AS a FROM dbo.orders"):
        decoded = decode(text.encode(encoding))
        assert (text, encoding, True) == (decoded.text, decoded.encoding, decoded.guessed)


@pytest.mark.parametrize("encoding", SAMPLES)
def test_old_encodings(encoding: str) -> None:
    """Encodings of one or two bytes a letter are guessed, and named as what was taken."""
    text = SAMPLES[encoding]
    decoded = decode(text.encode(encoding))
    assert (text, encoding, True) == (decoded.text, decoded.encoding, decoded.guessed)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (codecs.BOM_UTF8 + b"ab\xff", "is not UTF-8 (invalid start byte) at byte 5"),
        (
            codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x00\xd8",
            "is not UTF-16-LE (unexpected end of data) at byte 6",
        ),
        (
            codecs.BOM_UTF16_BE + "ab".encode("utf-16-be") + b"\x00",
            "is not UTF-16-BE (truncated data) at byte 6",
        ),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is binary: neither UTF-8 nor another text at byte 8"),
        (bytes(range(256)), "is binary: neither UTF-8 nor another text at byte 0"),
        (b"SELECT 1;\0", "holds a NUL at byte 9"),
        (b"\xb0\x83\x85\x88\x90\xdf\xf9", "is in no encoding that is known at byte 0"),
    ],
)
def test_what_is_no_text(content: bytes, words: str) -> None:
    """Anything else is refused with what is wrong, and where."""
    assert words == refusal(content)


@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    """Any bytes are a text in the encoding that is named, or none: in the same way each time."""
    outcomes = [outcome(content), outcome(content)]

    assert outcomes[0] == outcomes[1]
    (decoded, _) = outcomes
    if isinstance(decoded, Decoded) and not any(content.startswith(mark) for mark, _ in MARKS):
        assert decoded.text == content.decode(decoded.encoding.replace("windows-", "cp"))


def outcome(content: bytes) -> Decoded | str:
    """What decoding gives, or the words of its refusal."""
    with suppress(NoText):
        return decode(content)
    return refusal(content)


@pytest.mark.parametrize(
    "content",
    [
        b"a" * 80_000 + b"\n\xe4 b\n" + b"a" * 80_000,
        b"\xe4" * 40_000,
        (b"\xe4" * 39 + b" ") * 2_000,
        "-- Заказ\nSELECT 1;\n".encode("cp1251") * 4_000,
    ],
    ids=["long-lines", "one-word", "words", "cyrillic"],
)
def test_a_guess_is_bounded(content: bytes) -> None:
    """Guessing looks at a sample, whatever shape a text has: it holds some of what is not ASCII."""
    sample = sample_of(content)

    assert 0 < len(sample) <= SAMPLE_BYTES
    assert any(byte > 127 for byte in sample)
