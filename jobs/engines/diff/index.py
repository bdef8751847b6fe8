"""A state as comparing wants it: what leads into each end, and which expressions prove it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from jobs.engines.diff.values import Asset, Edge, End, Proof, Script, State
from jobs.engines.diff.wording import Both, Lexicon, Swaps

NO_EDGES: Sequence[Edge] = ()


class Index:
    """A state, its edges by where they lead."""

    def __init__(self, state: State, lexicon: Lexicon) -> None:
        self.state, self.lexicon = state, lexicon
        self._into: defaultdict[End, list[Edge]] = defaultdict(list)
        self._ends: defaultdict[str, list[End]] = defaultdict(list)
        for edge in state.edges:
            if edge.target not in self._into:
                self._ends[edge.target.asset].append(edge.target)
            self._into[edge.target].append(edge)

    def into(self, end: End) -> Sequence[Edge]:
        """Return the edges that lead to a column, or to an asset as a whole."""
        return self._into.get(end, NO_EDGES)

    def ends(self, asset: str) -> Sequence[End]:
        """Return the ends of an asset that edges lead to."""
        return self._ends.get(asset, ())

    def expressions(self, end: End, swaps: Swaps, *, direct: bool) -> Mapping[Both, Proof]:
        """Return the different expressions that edges to an end rest on, each with a place where it stands."""
        name = None if end.column is None else self.state.names.get(end, end.column)
        return {
            self.lexicon.expression(proof, name, swaps): proof
            for edge in reversed(self.into(end))
            if edge.direct is direct
            for proof in reversed(edge.proofs)
        }

    def proofs(self, asset: str) -> Mapping[Script, Sequence[Proof]]:
        """Return the statements that define or fill an asset, each with its expressions."""
        found: dict[Script, list[Proof]] = {}
        own = self.state.assets[asset].script if asset in self.state.assets else None
        if own is not None:
            found[own] = []
        for end in self.ends(asset):
            for edge in self.into(end):
                for proof in edge.proofs:
                    found.setdefault(proof.script, []).append(proof)
        return found

    def sources(self, asset: str) -> frozenset[str]:
        """Return the assets whose values or influence reach an asset."""
        return frozenset(edge.source.asset for end in self.ends(asset) for edge in self.into(end))


def parts_of(asset: Asset) -> Sequence[str]:
    """Return the parts of an asset's name."""
    return asset.name.split(".")


def quoted(proofs: Sequence[Proof]) -> str:
    """Return expressions as they stand in their statements, blanks folded: those of outputs, if any."""
    outer = [proof for proof in proofs if proof.outer] or proofs
    texts = dict.fromkeys(" ".join(proof.script.sql[proof.start : proof.end].split()) for proof in outer)
    return "; ".join(sorted(texts))
