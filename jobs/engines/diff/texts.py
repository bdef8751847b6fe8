"""Changes of statements that no change of columns or edges tells: constants, limits, constraints, aliases."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from jobs.engines.diff.index import Index
from jobs.engines.diff.renames import Renames, swaps_of
from jobs.engines.diff.rules import Reason
from jobs.engines.diff.values import Change, ChangeKind, End, Proof, Script, Side, Subject
from jobs.engines.diff.wording import Both, Swaps, Words, name_word

COMPARED = 3_000  # words of what differs, above which additions are not looked for: that is quadratic
EXCERPT = 200  # characters

Said = dict[Script, Both]
"""What statements say besides their expressions."""


def text_changes(
    old: Index, new: Index, keys: tuple[str, str], renames: Renames, *, alone: bool
) -> Iterator[Change]:
    """Yield the change of what the statements of an asset say beside its columns and edges, if there is one.

    Other words for the same are told only if nothing else is (`alone`): each new column brings some.
    """
    was, now = old.proofs(keys[0]), new.proofs(keys[1])
    left = _apart(was, now, new.state.standing)
    right = _apart(now, was, old.state.standing)
    if not left and not right:
        return
    edges = [edge for end in old.ends(keys[0]) for edge in old.into(end)]
    dialect = next(iter((*left, *right))).dialect
    swaps = swaps_of(edges, renames, dialect, End(keys[0]))
    before, after = _said(old, left, swaps), _said(new, right, {})
    if _all(before, meant=True) == _all(after, meant=True):
        written = [
            Counter(_whole(old, left, swaps)) == Counter(_whole(new, right, {})),
            _all(before, meant=False) == _all(after, meant=False),
        ]
        if alone and not all(written):
            yield _change(old, new, keys, Reason.TEXT_CHANGED, ("", ""))
        return
    old_asset, new_asset = old.state.assets[keys[0]], new.state.assets[keys[1]]
    was_known = {renames.of(End(keys[0], each.key)).column: each.data_type for each in old_asset.columns}
    lost = _news(old, keys[0], {each.key: each.data_type for each in new_asset.columns})
    added = _news(new, keys[1], was_known)
    odd = [
        pair
        for pair in zip_longest(before.items(), after.items())
        if pair[0] is None or pair[1] is None or not _explained(pair[0][1].meant, pair[1][1].meant, lost, added)
    ]
    if odd:
        yield _change(old, new, keys, Reason.DEFINITION_CHANGED, _excerpts(odd[0][0], odd[0][1]))


def _apart(
    some: Mapping[Script, Sequence[Proof]], others: Collection[Script], standing: Collection[Script]
) -> Mapping[Script, Sequence[Proof]]:
    """The statements that the other state has not."""
    return {
        script: proofs for script, proofs in some.items() if script not in others and script not in standing
    }


def _said(index: Index, scripts: Mapping[Script, Sequence[Proof]], swaps: Swaps) -> Said:
    return {script: index.lexicon.rest(script, proofs, swaps) for script, proofs in scripts.items()}


def _whole(index: Index, scripts: Mapping[Script, Sequence[Proof]], swaps: Swaps) -> Iterator[Words]:
    """The words of whole statements, expressions too."""
    return (index.lexicon.rest(script, (), swaps).written for script in scripts)


def _all(said: Said, *, meant: bool) -> Counter[Words]:
    return Counter(both.meant if meant else both.written for both in said.values())


def _news(index: Index, key: str, known: Mapping[str | None, str | None]) -> frozenset[str]:
    """Words by which one state tells of columns, or of their types, that the other does not tell.

    `known` are the types of the columns that the other state has, by their keys in this one.
    """
    asset, found = index.state.assets[key], list[str]()
    dialect = asset.script.dialect if asset.script else ""
    for column in asset.columns:
        if column.key not in known:
            found.append(name_word(column.name, dialect))
        elif known[column.key] is None and column.data_type is not None:
            found += column.data_type.lower().replace("(", " ").split()
    return frozenset(found)


def _explained(before: Words, after: Words, lost: frozenset[str], added: frozenset[str]) -> bool:
    """Whether two differ only by what names columns, or types, that only one of them tells."""
    if before == after:
        return True
    if not (lost or added) or len(before) + len(after) > COMPARED:
        return False
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return all(
        what == "equal"
        or (what == "insert" and not added.isdisjoint(after[start:stop]))
        or (what == "delete" and not lost.isdisjoint(before[begin:end]))
        for what, begin, end, start, stop in steps
    )


def _excerpts(before: tuple[Script, Both] | None, after: tuple[Script, Both] | None) -> tuple[str, str]:
    """The words from the first that differs on."""
    words = [both[1].written if both else () for both in (before, after)]
    at = next(
        (at for at, pair in enumerate(zip(*words, strict=False)) if pair[0] != pair[1]), min(map(len, words))
    )
    ends = 0
    while ends < min(len(each) - at for each in words) and words[0][-1 - ends] == words[1][-1 - ends]:
        ends += 1
    first, second = (" ".join(each[at : len(each) - ends])[:EXCERPT] for each in words)
    return first, second


def _change(old: Index, new: Index, keys: tuple[str, str], reason: Reason, words: tuple[str, str]) -> Change:
    sides = [
        Side(index.state.place(End(key)), index.state.assets[key].kind, words=each)
        for index, key, each in zip((old, new), keys, words, strict=True)
    ]
    return Change(ChangeKind.CHANGED, Subject.ASSET, reason, *sides)
