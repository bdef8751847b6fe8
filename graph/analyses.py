"""Small texts of SQL, explained at once and not kept."""

from typing import Annotated

import strawberry

from graph.context import Info
from graph.derive import enum_of
from graph.enums import EdgeKind, Origin, Subtype
from jobs.analysis import Analysis, NamedEdge, NamedEnd, Question, Quoted, QuotedGap
from jobs.pipelines.lineage.values import Dialect

enum_of(Dialect)  # as the inputs of runs have it


@strawberry.input(description="The columns of a table or view that a text reads and does not define.")
class KnownColumns:
    asset: str = strawberry.field(description="Its name as SQL spells it, such as dbo.orders.")
    columns: list[str] = strawberry.field(description="The names of all its columns, in order.")


@strawberry.type(description="A column, or an asset as a whole, of a text that was explained.")
class SqlEnd:
    asset: str = strawberry.field(description="The asset's name, as first spelled.")
    column: str | None = strawberry.field(description="The column's name; null for the asset as a whole.")

    @classmethod
    def of(cls, end: NamedEnd) -> "SqlEnd":
        return cls(asset=end.asset, column=end.column)


@strawberry.type(description="Why an edge of a text is believed.")
class SqlEvidence:
    expression: str = strawberry.field(description="The words themselves.")
    line: int = strawberry.field(description="The line they begin at, from 1.")
    column: int = strawberry.field(description="The character of the line they begin at, from 1.")
    start: int = strawberry.field(description="Where they begin: characters from the start of the text.")
    end: int = strawberry.field(description="Where they end: characters from the start of the text.")
    origin: Origin = strawberry.field(description="How it is known.")
    note: str = strawberry.field(description="Why it is not certain; empty if it is.")

    @classmethod
    def of(cls, quoted: Quoted) -> "SqlEvidence":
        return cls(
            expression=quoted.expression,
            line=quoted.line,
            column=quoted.column,
            start=quoted.start,
            end=quoted.end,
            origin=quoted.origin,
            note=quoted.note,
        )


@strawberry.type(description="In a text that was explained, `source` flows into, or influences, `target`.")
class SqlEdge:
    source: SqlEnd = strawberry.field(description="Where the value or influence comes from.")
    target: SqlEnd = strawberry.field(description="Where it goes.")
    kind: EdgeKind = strawberry.field(description="Value or influence.")
    subtype: Subtype = strawberry.field(description="How.")
    masking: bool = strawberry.field(description="Whether the value is hashed or masked on the way.")
    confidence: float = strawberry.field(description="How much it is to be believed, from 0 to 1.")
    evidence: list[SqlEvidence] = strawberry.field(
        description="Why it is believed: at least one expression with its place, the outermost first."
    )

    @classmethod
    def of(cls, edge: NamedEdge) -> "SqlEdge":
        return cls(
            source=SqlEnd.of(edge.source),
            target=SqlEnd.of(edge.target),
            kind=edge.kind,
            subtype=edge.subtype,
            masking=edge.masking,
            confidence=edge.confidence,
            evidence=list(map(SqlEvidence.of, edge.evidence)),
        )


@strawberry.type(description="Something in a text that was seen and not explained.")
class SqlGap:
    line: int = strawberry.field(description="The line it begins at, from 1.")
    column: int = strawberry.field(description="The character of the line it begins at, from 1.")
    start: int = strawberry.field(description="Where it begins: characters from the start of the text.")
    end: int = strawberry.field(description="Where it ends: characters from the start of the text.")
    reason: str = strawberry.field(description="Why, in one word: `syntax`, `not_supported`, `dynamic_sql`, …")
    message: str = strawberry.field(description="Why, in words.")
    remedy: str = strawberry.field(description="What would help.")
    text: str = strawberry.field(description="Its words: the first 2,000 characters.")

    @classmethod
    def of(cls, gap: QuotedGap) -> "SqlGap":
        return cls(
            line=gap.line,
            column=gap.column,
            start=gap.start,
            end=gap.end,
            reason=gap.reason,
            message=gap.message,
            remedy=gap.remedy,
            text=gap.text,
        )


@strawberry.type(description="What a text of SQL says by itself.")
class SqlAnalysis:
    edges: list[SqlEdge] = strawberry.field(description="What flows into and influences what, by their names.")
    unresolved: list[SqlGap] = strawberry.field(description="What was seen and not explained.")
    statement_count: int = strawberry.field(description="Statements in the text.")
    explained_count: int = strawberry.field(
        description="Statements that were explained, or do nothing to data."
    )
    truncated: bool = strawberry.field(
        description="Whether more was found than is told: a run tells all of it. At most 2,000 edges with "
        "2,000,000 characters of expressions, and 500 things that were not explained, are told."
    )

    @classmethod
    def of(cls, analysis: Analysis) -> "SqlAnalysis":
        return cls(
            edges=list(map(SqlEdge.of, analysis.edges)),
            unresolved=list(map(SqlGap.of, analysis.unresolved)),
            statement_count=analysis.statement_count,
            explained_count=analysis.explained_count,
            truncated=analysis.truncated,
        )


@strawberry.type
class AnalysisQuery:
    @strawberry.field(
        description="Explain a small text of SQL at once; nothing is kept, and nothing that the graph holds is "
        "looked at. What a SELECT alone reads flows into `query 1`, `query 2` and so on. "
        "Schemas that no run keeps, such as sys, are left out. TIMEOUT if it takes too long: "
        "submit it as a run then. At most five texts of one request are taken, one after the other."
    )
    async def analyze_sql(
        self,
        info: Info,
        sql: Annotated[
            str, strawberry.argument(description="One or more statements: at most 100,000 characters.")
        ],
        dialect: Annotated[Dialect, strawberry.argument(description="Whose SQL it is.")],
        columns: Annotated[
            list[KnownColumns] | None,
            strawberry.argument(
                description="Columns of tables and views that the text reads and does not define, so that "
                "stars and bare names find them: of at most 1,000, and 20,000 together."
            ),
        ] = None,
        default_schema: Annotated[
            str | None, strawberry.argument(description="Schema of names without one, such as dbo.")
        ] = None,
    ) -> SqlAnalysis:
        known = tuple((each.asset, tuple(each.columns)) for each in columns or ())
        question = Question(sql, dialect, known, default_schema or "")
        return SqlAnalysis.of(await info.context.sitting.answer(question))
