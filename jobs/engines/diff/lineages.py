"""Lineage that was read from texts, as a state to compare."""

from collections.abc import Mapping

from jobs.engines.diff.values import Asset, Column, Edge, End, Proof, Script, State
from jobs.engines.lineage.values import Edge as Found
from jobs.engines.lineage.values import EdgeKind, Lineage, RelationKind
from jobs.engines.lineage.values import Relation as FoundRelation

NO_BODIES: Mapping[str, str] = {}


def state_of(
    lineage: Lineage, bodies: Mapping[str, str], dialect: str, definitions: Mapping[str, str] = NO_BODIES
) -> State:
    """Return what lineage says as a state.

    Args:
        lineage: What was found.
        bodies: The texts that it was found in, by name.
        dialect: How they are written.
        definitions: By key, statements of relations that files give beside the texts.
    """
    scripts = [
        Script(bodies[each.text][each.span.start : each.span.end], dialect) for each in lineage.statements
    ]
    known = set(definitions)

    def asset(relation: FoundRelation) -> Asset:
        script = scripts[relation.statement] if relation.statement is not None else None
        if relation.key in known:
            script = Script(definitions[relation.key], dialect)
        return Asset(
            key=relation.key,
            name=relation.name,
            kind=relation.kind.value,
            columns=tuple(Column(each.key, each.name, each.data_type) for each in relation.columns),
            complete=relation.columns_complete,
            script=script,
            description=relation.description,
        )

    used = {end.relation for edge in lineage.edges for end in (edge.source, edge.target)}
    names = {
        End(relation.key, column.key): column.name
        for relation in lineage.relations
        for column in relation.columns
    }
    return State(
        # What others define completely was given to the engine whether or not the texts use it.
        assets={
            each.key: asset(each)
            for each in lineage.relations
            if each.kind is not RelationKind.EXTERNAL or not each.columns_complete or each.key in used
        },
        edges=tuple(_edge(each, lineage, scripts) for each in lineage.edges),
        names=names,
        standing=frozenset(scripts),
    )


def _edge(found: Found, lineage: Lineage, scripts: list[Script]) -> Edge:
    proofs, seen = list[Proof](), set[int]()
    for each in found.evidence:
        begin = lineage.statements[each.statement].span.start
        outer = each.statement not in seen
        seen.add(each.statement)
        proofs.append(Proof(scripts[each.statement], each.span.start - begin, each.span.end - begin, outer))
    return Edge(
        source=End(*found.source),
        target=End(*found.target),
        direct=found.kind is EdgeKind.DIRECT,
        subtype=found.subtype.value,
        masking=found.masking,
        proofs=tuple(proofs),
    )
