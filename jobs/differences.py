"""What differs between two revisions of a workspace's graph, and at which revisions an asset changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from db.catalog import ONLY_USED
from db.filters import strength
from db.session import Session
from db.states import ColumnRow, FactRow, ProofRow, Row, Rows, rows_between, rows_of_asset, seen_at, touched
from jobs.engines.diff import Asset, Change, Column, Edge, End, Proof, Reason, Script, State, compare
from jobs.engines.diff.wording import PLAIN_DIALECT
from jobs.engines.lineage.dialects import DIALECTS
from jobs.errors import TooFarApart

MOST_ROWS = 200_000  # that began or ended between two revisions: reading more takes many seconds
MOST_NAMES = 20  # that an asset is followed through


def difference(session: Session, workspace: str, before: int, after: int) -> tuple[Change, ...]:
    """The changes that lead from one revision to a later one, the worst first.

    Raises:
        TooFarApart: More than 200,000 assertions began or ended between the two.

    Cost: what changed counts, not how large the graph is: 0.2 s for 1,000 changes.
    """
    if touched(session, workspace, before, after, most=MOST_ROWS) >= MOST_ROWS:
        raise TooFarApart(hint="Compare revisions that are nearer to one another.")
    return changes_of(rows_between(session, workspace, before, after), before, after)


def changes_of(rows: Rows, before: int, after: int) -> tuple[Change, ...]:
    """The same of rows that were read: needs no database, so that a child can do it."""
    states = States(rows)
    return compare(states.at(before), states.at(after))


class States:
    """What rows say at one revision or another; what does not change with revisions is made once."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._names = rows, _names(rows)
        self._scripts = {pk: _script(*text) for pk, text in rows.texts.items()}

    def at(self, number: int) -> State:
        """The state that readers see at a revision."""
        rows, scripts = self._rows, self._scripts
        facts, columns = defaultdict[UUID, list[FactRow]](list), defaultdict[UUID, list[ColumnRow]](list)
        for fact in rows.facts:
            if seen_at(fact, number):
                facts[fact.pk].append(fact)
        for column in rows.columns:
            if seen_at(column, number):
                columns[column.asset_pk].append(column)
        return State(
            assets={pk.hex: _asset(told, columns.get(pk, ()), scripts) for pk, told in facts.items()},
            edges=_edges((row for row in rows.proofs if seen_at(row, number)), scripts, rows.names),
            names=self._names,
            standing=frozenset(scripts[row.definition_pk] for row in rows.standing if seen_at(row, number)),
        )


def _script(body: str, dialect: str | None) -> Script:
    known = (dialect or "").lower()
    return Script(body, known if known in DIALECTS else PLAIN_DIALECT)


def _names(rows: Rows) -> Mapping[End, str]:
    found = {End(row.asset_pk.hex, row.key): row.name for row in rows.columns}
    for row in rows.proofs:
        for asset, column in (
            (row.source_asset, row.source_column),
            (row.target_asset, row.target_column),
        ):
            if column is not None:
                key, name = rows.names[column]
                found[End(asset.hex, key)] = name
    return found


def _asset(told: Sequence[FactRow], columns: Sequence[ColumnRow], scripts: Mapping[UUID, Script]) -> Asset:
    """An asset as readers see it: the same as `db.catalog` shows."""
    facts = sorted(told, key=lambda fact: strength(fact.kind))
    first = facts[0]
    return Asset(
        key=first.pk.hex,
        name=first.name,
        kind=first.kind,
        namespace=first.namespace,
        columns=_ordered(columns, {fact.source_pk: fact.kind == ONLY_USED for fact in reversed(facts)}),
        complete=first.complete,
        script=scripts.get(first.definition_pk) if first.definition_pk else None,
        description=next((fact.description for fact in facts if fact.description), ""),
    )


def _ordered(columns: Sequence[ColumnRow], only_used: Mapping[UUID, bool]) -> tuple[Column, ...]:
    """Columns by place: as told by who defines the asset, and behind these what others only use."""
    best: dict[str, tuple[tuple[bool, bool, int], ColumnRow]] = {}
    for row in columns:
        if row.source_pk in only_used:
            worth = (only_used[row.source_pk], row.data_type is None, row.ordinal)
            if row.key not in best or worth < best[row.key][0]:
                best[row.key] = worth, row
    order = sorted(best.values(), key=lambda each: (each[0][0], each[1].ordinal, each[1].name))
    return tuple(Column(row.key, row.name, row.data_type) for _, row in order)


def _edges(
    proofs: Iterable[ProofRow], scripts: Mapping[UUID, Script], names: Mapping[UUID, tuple[str, str]]
) -> tuple[Edge, ...]:
    """Edges of proofs; two that differ only in masking are one, which masks if both do."""
    found: dict[tuple[UUID | str | None, ...], list[ProofRow]] = {}
    for row in proofs:
        found.setdefault((*row[:4], row.kind, row.subtype), []).append(row)
    return tuple(
        Edge(
            source=_end(told[0].source_asset, told[0].source_column, names),
            target=_end(told[0].target_asset, told[0].target_column, names),
            direct=told[0].kind == "direct",
            subtype=told[0].subtype,
            masking=all(row.masking for row in told),
            proofs=tuple(
                Proof(scripts[row.definition_pk], row.start, row.end, row.ordinal == 0) for row in told
            ),
        )
        for told in found.values()
    )


def _end(asset: UUID, column: UUID | None, names: Mapping[UUID, tuple[str, str]]) -> End:
    return End(asset.hex, names[column][0] if column else None)


@dataclass(frozen=True, slots=True)
class Moment:
    """A revision at which an asset changed, under the name that it had from then on, and how."""

    number: int
    asset_pk: UUID
    name: str
    changes: tuple[Change, ...]


def moments_of(session: Session, workspace: str, asset_pk: UUID, at: int) -> list[Moment]:
    """The revisions up to one at which an asset changed, newest first, through all of its names.

    Reformatting is no change. Cost: eight statements for each name that it had, and what was ever said of it.
    """
    found: list[Moment] = []
    names = {asset_pk}
    pk, until = asset_pk, at
    while True:
        own = _under_one_name(session, workspace, pk, until)
        found += own
        began = next((each for each in reversed(own) if each.changes[0].reason is Reason.ASSET_ADDED), None)
        if began is None or began.number != own[-1].number or len(names) == MOST_NAMES:
            return found
        earlier = _renamed_to(session, workspace, pk, began.number)
        if earlier is None:
            return found
        changes, pk = earlier
        until = began.number - 1
        found[-1] = Moment(began.number, began.asset_pk, began.name, changes)
        if pk in names:
            return found
        names.add(pk)


def _under_one_name(session: Session, workspace: str, pk: UUID, at: int) -> list[Moment]:
    rows = rows_of_asset(session, workspace, pk, at)
    told: list[Row] = [*(row for row in rows.facts if row.pk == pk), *rows.columns, *rows.proofs]
    turns = {turn for row in told for turn in (row.since, row.until) if turn is not None and turn <= at}
    states, found, before = States(rows), list[Moment](), State()
    for number in sorted(turns):
        after = states.at(number)
        changes = tuple(change for change in compare(_of(before, pk), _of(after, pk)) if _is_about(change, pk))
        if changes:
            found.append(Moment(number, pk, changes[0].shown.place.asset, changes))
        before = after
    return found[::-1]


def _of(state: State, pk: UUID) -> State:
    """A state whose other assets are there only as ends of edges: they are none that came or went."""
    edges = tuple(edge for edge in state.edges if edge.target.asset == pk.hex)
    return State(state.assets, edges, state.names, state.standing)


def _is_about(change: Change, pk: UUID) -> bool:
    return pk.hex in {side.place.end.asset for side in (change.before, change.after) if side}


def _renamed_to(
    session: Session, workspace: str, pk: UUID, number: int
) -> tuple[tuple[Change, ...], UUID] | None:
    """What a revision did to an asset that came in it under another name, and which it was before."""
    if touched(session, workspace, number - 1, number, most=MOST_ROWS) >= MOST_ROWS:
        return None
    changes = tuple(
        change for change in difference(session, workspace, number - 1, number) if _is_about(change, pk)
    )
    for change in changes:
        if change.reason is Reason.ASSET_RENAMED and change.before is not None:
            return changes, UUID(hex=change.before.place.end.asset)
    return None
