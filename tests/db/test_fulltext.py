"""SQLite and PostgreSQL find the same for every question: what a plain reading of the texts finds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import select

from db.assertions import Change, ensure_source, write_changes
from db.entries import PARTS, Part, SearchEntry
from db.fulltext import RANKED, Found, Match, Place, Search, search_texts
from db.lineage import Asset, AssetColumn, AssetFact, ColumnFact, Definition, Revision, StatementFact, identity
from db.questions import BadQuestion, Beginning, Every, Phrase, Question, read_question
from db.revisions import clear_revision
from db.session import Session, engine_for_writes
from db.store import Store
from db.wording import split, stem

HEAD = 2
WORDS = (
    "customer",
    "Customers",
    "custom",
    "net",
    "netSales",
    "SALES",
    "sale",
    "a",
    "größe",
    "価格",
    "happy",
    "x2",
)
WORD = st.sampled_from(WORDS)
GAP = st.sampled_from([" ", " ", "_", ".", "\n", " * '\"", " OR "])
TEXT = st.lists(st.tuples(WORD, GAP), min_size=1, max_size=8).map(lambda each: "".join(map("".join, each)))
LIFE = st.sampled_from([(1, None), (2, None), (1, 2), (3, None)])
LEAF = st.one_of(
    WORD,
    st.lists(WORD, min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from(["cust*", "custo*", "customer*", "net_sal*", "sal*", "happi*", "gr*"]),
)
QUESTION = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" AND ".join),
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(" OR ".join).map("({})".format),
        st.tuples(inner, inner).map(" NOT ".join).map("({})".format),
        inner.map("NOT ({})".format),
    ),
    max_leaves=5,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A text, where it stands, and the revisions from which and up to which."""

    part: Part
    text: str
    life: tuple[int, int | None]

    @property
    def seen(self) -> bool:
        since, until = self.life
        return since <= HEAD and (until is None or until > HEAD)


TOLD = st.builds(Told, st.sampled_from(PARTS), TEXT, LIFE)


@pytest.fixture
def both(sqlite_url: str, postgres_url: str) -> Iterator[Sequence[Session]]:
    """A transaction on each database, which is undone."""
    engines = [engine_for_writes(url) for url in (sqlite_url, postgres_url)]
    with Session(engines[0]) as one, Session(engines[1]) as other:
        yield one, other
        one.rollback()
        other.rollback()
    for engine in engines:
        engine.dispose()


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A transaction, which is undone."""
    engine = engine_for_writes(database_url)
    with Session(engine) as opened:
        yield opened
        opened.rollback()
    engine.dispose()


def write(session: Session, corpus: Sequence[Told]) -> None:
    """Write texts, each with an asset of its own."""
    source = ensure_source(session, "main", "test")
    changes: list[Change] = []
    for number, told in enumerate(corpus):
        changes += rows(number, told, source)
    write_changes(session, changes, 1)


def rows(number: int, told: Told, source: UUID) -> Iterator[Change]:
    part, (since, until) = told.part, told.life
    own = {"workspace": "main", "born": 1}
    name = told.text if part is Part.ASSET else f"0{number}"
    pk, asset = pk_of(number), identity("asset of", str(number))
    said = {"workspace": "main", "source_pk": source, "since": since, "until": until}

    def fact(what: str) -> dict[str, object]:
        return said | {"pk": identity(what, str(number)), "fact": identity(what, str(number))}

    asset_pk = pk if part is Part.ASSET else asset
    yield Change(Asset, own | {"pk": asset_pk, "namespace": "n", "name_key": f"{number}", "name": name})
    described = told.text if part is Part.DESCRIPTION else ""
    kind = {"asset_pk": asset_pk, "kind": "table", "columns_complete": True, "description": described}
    yield Change(AssetFact, fact("exists") | kind)
    if part is Part.COLUMN:
        named = {"pk": pk, "asset_pk": asset_pk, "name_key": told.text, "name": told.text}
        yield Change(AssetColumn, own | named)
        yield Change(ColumnFact, fact("column") | {"column_pk": pk, "ordinal": 0})
    if part is Part.DEFINITION:
        yield Change(Definition, own | {"pk": pk, "body": told.text})
        place = {"definition_pk": pk, "text_name": "t", "start": 0, "line": 1, "verb": "SELECT"}
        yield Change(StatementFact, fact("stands") | place)


def pk_of(number: int) -> UUID:
    return identity("text", str(number))


def fits(question: Question, text: str) -> bool:
    """Whether a text is what is asked for, read word by word."""
    words = split(text)
    stems = tuple(map(stem, words))
    if isinstance(question, Phrase):
        size = len(question.stems)
        return any(stems[at : at + size] == question.stems for at in range(len(stems)))
    if isinstance(question, Beginning):
        return any(word.startswith(question.letters) for word in (*words, *stems))
    if isinstance(question, Every):
        return all(fits(part, text) for part in question.parts) and not any(
            fits(part, text) for part in question.none
        )
    return any(fits(part, text) for part in question.parts)


def asked(session: Session, question: Question, *, limit: int = 100, after: Place | None = None) -> Found:
    search = Search("main", HEAD, question, frozenset(PARTS))
    return search_texts(session, search, after=after, limit=limit, counted=True)


def number_of(match: Match, corpus: Sequence[Told]) -> int:
    """Which of the texts was found."""
    described = {identity("asset of", str(number)): number for number in range(len(corpus))}
    numbers = {pk_of(number): number for number in range(len(corpus))}
    is_description = match.place.part is Part.DESCRIPTION and match.asset_pk is not None
    return described[match.asset_pk] if is_description and match.asset_pk else numbers[match.place.pk]


def found_in(session: Session, corpus: Sequence[Told], question: Question) -> Found:
    """What is found while these texts are all there is."""
    point = session.begin_nested()
    write(session, corpus)
    found = asked(session, question)
    session.expunge_all()
    point.rollback()
    return found


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corpus=st.lists(TOLD, max_size=8), text=QUESTION)
def test_both_find_what_fits(both: Sequence[Session], corpus: list[Told], text: str) -> None:
    """The hits of both are the texts that fit and are seen, with the same scores and in the same order."""
    try:
        question = read_question(text)
    except BadQuestion:
        assume(condition=False)
    one, other = (found_in(session, corpus, question) for session in both)

    expected = {number for number, told in enumerate(corpus) if told.seen and fits(question, told.text)}
    assert expected == {number_of(match, corpus) for match in one.hits}
    assert one == other
    assert len(expected) == len(one.hits) == one.total


def test_pages_are_the_whole(session: Session) -> None:
    """Pages from place to place are the whole list: better ones first, of equals names in order."""
    texts = ["net sales", "net sales", "sales of nets and more", "net", "net_sales_net"]
    write(session, [Told(part, text, (1, None)) for part in PARTS for text in texts])
    question = read_question("net OR sales")
    whole = asked(session, question).hits
    pages: list[Match] = []
    while page := asked(session, question, limit=3, after=pages[-1].place if pages else None).hits:
        pages += page

    assert 20 == len(whole)
    assert whole == pages
    assert sorted(whole, key=lambda match: match.place.key) == whole


def test_the_newest_are_ranked(session: Session) -> None:
    """Of more texts than are ranked, those that were written last are; all are counted."""
    corpus = [Told(Part.DEFINITION, f"net x{number}", (1, None)) for number in range(RANKED + 9)]
    write(session, corpus)
    found = asked(session, read_question("net"), limit=RANKED + 1)

    assert RANKED + 9 == found.total
    assert set(range(9, RANKED + 9)) == {number_of(match, corpus) for match in found.hits}


def test_rows_of_an_abandoned_revision(database_url: str) -> None:
    """What was written ahead for nothing leaves the index with the rest of it."""
    store = Store(database_url)
    store.write_now(lambda session: session.add(Revision(workspace="main", number=1, attempt=1)))
    store.write_now(lambda session: write(session, [Told(part, "net sales", (1, None)) for part in PARTS]))
    rows = select(func.count()).select_from(SearchEntry)
    before = store.read_now(lambda session: session.scalar(rows))
    while not store.write_now(lambda session: clear_revision(session, "main", 1)):
        pass

    assert before
    assert 0 == store.read_now(lambda session: session.scalar(rows))
    assert 0 == store.read_now(lambda session: asked(session, read_question("net"))).total
    store.close()
