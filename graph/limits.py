"""What bounds a request before it is executed."""

import inspect
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Lexer,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    Source,
    Token,
    TokenKind,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import FieldExtension, MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.types import ExecutionContext
from strawberry.types.base import has_strawberry_definition
from strawberry.utils.str_converters import to_camel_case

from db.models import MAIN_WORKSPACE
from db.roles import Role
from graph.errors import (
    DocumentRefused,
    DocumentTooCostly,
    DocumentTooDeep,
    DocumentTooLong,
    TooManyAliases,
)
from graph.quotas import LimitName
from graph.rights import NEEDS, Need, Rights
from graph.settings import ApiSettings
from graph.weights import Scale, Weight
from jobs.errors import InvalidParams, LimitReached

MAX_DIGITS = 400  # of a number in a document: no type holds more, and Python reads 4,300 at most
LONG_NUMBER = re.compile(rf"\d{{{MAX_DIGITS}}}")
MAX_WRAPPINGS = 100  # fragments in fragments, beyond the depth of fields: graphql-core recurses into them
CACHED_DOCUMENTS = 500  # parsed and validated once: a third of the cost of a small query
CACHED_CHARACTERS = (
    20_000  # longer documents are not worth keeping, and 500 of them would be a way to fill memory
)
OUT_OF_TOKENS = re.compile(r"Document contains more th\w+ \d+ tokens")
OUT_OF_STACK = "nested too deeply"
OUT_OF_COMPARISONS = "Validation aborted."
COMPARISONS = 20_000  # of fields with fields, by which validation finds out whether they can be merged
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = COMPARISONS  # as graphql-core says that it is set
SUGGESTION = re.compile(r" Did you mean .*\?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may ask for, and what it is told of the schema."""

    characters: int = 100_000
    tokens: int = 5_000
    depth: int = 20
    aliases: int = 100
    cost: int = 2_000_000
    introspection: bool = True
    suggestions: bool = True

    @classmethod
    def of(cls, settings: ApiSettings) -> "Limits":
        return cls(
            characters=settings.max_document_characters,
            tokens=settings.max_tokens,
            depth=settings.max_depth,
            aliases=settings.max_aliases,
            cost=settings.max_cost,
            introspection=settings.introspection,
            suggestions=settings.suggestions,
        )

    def refused_unread(self, query: str | None) -> GraphQLError | None:
        """Why a text is not even read: that takes a while for each character, blanks and comments too."""
        length = len(query or "")
        if length <= self.characters:
            return None
        hint = "Send texts as variables, which do not count."
        return error_of(DocumentTooLong("has too many characters", length, self.characters, hint=hint))

    def refused_weighed(self, weight: Weight) -> list[GraphQLError]:
        """What a document that was read asks too much of."""
        problems: list[DocumentRefused] = []
        wrappings = self.depth + MAX_WRAPPINGS
        if weight.depth > self.depth:
            hint = "Ask for what lies deeper in a second request."
            problems.append(DocumentTooDeep("nests fields too deep", weight.depth, self.depth, hint=hint))
        elif weight.nesting > wrappings:
            hint = "Spread fragments side by side rather than each in the next."
            problems.append(DocumentTooDeep("nests fragments too deep", weight.nesting, wrappings, hint=hint))
        if weight.aliases > self.aliases:
            hint = "Ask for lists, or in several requests."
            problems.append(TooManyAliases("has too many aliases", weight.aliases, self.aliases, hint=hint))
        if weight.cost() > self.cost:
            hint = (
                "Ask for shorter lists with `first`, `last` or `maxNodes`, or for fewer fields of their items."
            )
            what = "may have too many fields answered"
            problems.append(DocumentTooCostly(what, weight.cost(), self.cost, hint=hint))
        return [error_of(problem) for problem in problems]

    def told(self, error: GraphQLError) -> GraphQLError:
        """An error that reading or validation found, as clients are to be told of it."""
        if isinstance(error, GraphQLSyntaxError) and OUT_OF_TOKENS.search(error.message):
            hint = "Send values as variables, which count as none."
            return error_of(DocumentTooLong("has too many tokens", None, self.tokens, hint=hint))
        if isinstance(error, GraphQLSyntaxError) and OUT_OF_STACK in error.message:
            hint = "Ask for what lies deeper in a second request."
            return error_of(DocumentTooDeep("nests too deep to be read", None, self.depth, hint=hint))
        if isinstance(error, ValidationAbortedError) and error.message == OUT_OF_COMPARISONS:
            hint = "Select each field once, and in fewer fragments."
            return error_of(DocumentTooCostly("repeats too many fields", None, COMPARISONS, hint=hint))
        if not self.suggestions:
            error.message = SUGGESTION.sub("", error.message)
        return error


def error_of(problem: DocumentRefused) -> GraphQLError:
    return GraphQLError(str(problem), original_error=problem)


class Tokens(MaxTokensLimiter):
    """Refuses documents of too many tokens before they are parsed whole."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(max_token_count=limits.tokens)


class Parsed(ParserCache):
    """Keeps the parsed form of short documents."""

    def __init__(self) -> None:
        super().__init__(maxsize=CACHED_DOCUMENTS)

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if context.query and len(context.query) <= CACHED_CHARACTERS:
            # A syntax error is found again, and told, by Strawberry's parser: raised here it had no code.
            with suppress(GraphQLError):
                context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
        yield


class Validated(ValidationCache):
    """Weighs documents before they are validated, and keeps what was found out about short ones."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(maxsize=CACHED_DOCUMENTS)
        self._limits = limits
        self._cost: int | None = None

    def get_results(self) -> dict[str, Any]:
        return {} if self._cost is None else {"cost": {"requested": self._cost, "maximum": self._limits.cost}}

    async def on_validate(self) -> AsyncIterator[None]:  # type: ignore[override]  # either will do for Strawberry
        context = self.execution_context
        weight = weight_of(context)
        self._cost = weight.cost()
        # First what is too much: validation takes longest, and recurses, where there is most of it.
        context.pre_execution_errors = self._limits.refused_weighed(weight) or unanswerable(context)
        if not self._limits.introspection:
            context.validation_rules = (*context.validation_rules, NoSchemaIntrospectionCustomRule)
        if not context.pre_execution_errors and len(context.query or "") <= CACHED_CHARACTERS:
            context.pre_execution_errors = self.cached_validate_document(
                context.schema._schema,  # noqa: SLF001 - Strawberry has no other way
                context.graphql_document,
                context.validation_rules,
            )
        if not context.pre_execution_errors:
            # An empty list stays: it says that the document was validated.
            context.pre_execution_errors = (
                await charged(context.context, LimitName.COST, max(self._cost, 1))
                or context.pre_execution_errors
            )
        yield


async def charged(asking: Any, name: LimitName, amount: int) -> list[GraphQLError] | None:
    """Take so much from what whoever asks has left; why not, if it is too much."""
    try:
        await asking.meter.take(name, asking.asker, amount)
    except LimitReached as refusal:
        return [GraphQLError(str(refusal), original_error=refusal)]
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, told apart by its text: to compare documents takes as long as to weigh small ones."""

    text: str
    operation: str | None
    sizes: tuple[tuple[str, int], ...]  # the values of variables that could be sizes of lists: whole numbers
    document: DocumentNode = field(compare=False)


def weight_of(context: ExecutionContext) -> Weight:
    """What the operation that is asked for comes to."""
    if context.graphql_document is None:
        return Weight()
    sizes = sorted((name, value) for name, value in (context.variables or {}).items() if type(value) is int)
    text = context.query or ""
    asked = Asked(text, context.operation_name, tuple(sizes), context.graphql_document)
    schema = context.schema._schema  # noqa: SLF001 - Strawberry has no other way
    return (_weighed_before if len(text) <= CACHED_CHARACTERS else weighed)(schema, asked)


def weighed(schema: GraphQLSchema, asked: Asked) -> Weight:
    """What an operation comes to, found out now."""
    return Scale(schema, asked.document, dict(asked.sizes)).weigh(asked.operation)


_weighed_before = lru_cache(CACHED_DOCUMENTS)(weighed)


def unanswerable(context: ExecutionContext) -> list[GraphQLError] | None:
    """What is wrong with a document that validation does not see, or would fall over."""
    document, text = context.graphql_document, context.query or ""
    operations = [
        node for node in getattr(document, "definitions", ()) if isinstance(node, OperationDefinitionNode)
    ]
    if len(operations) > 1 and context._provided_operation_name is None:  # noqa: SLF001 - kept nowhere else
        return [GraphQLError("The document has several operations: say which with `operationName`.")]
    if LONG_NUMBER.search(text) and any(len(token.value or "") > MAX_DIGITS for token in numbers_of(text)):
        return [GraphQLError(f"A number has more than {MAX_DIGITS} digits.")]
    return None


def numbers_of(text: str) -> Iterator[Token]:
    lexer = Lexer(Source(text))
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        if token.kind in {TokenKind.INT, TokenKind.FLOAT}:
            yield token


class Allowed(FieldExtension):
    """Lets a field of a root be asked only by those who have what it needs."""

    def __init__(self, name: str) -> None:
        self.need = NEEDS[name]

    def check(self, info: Any, arguments: dict[str, Any]) -> None:
        """Refuse, unless it is permitted.

        Raises:
            UnknownWorkspace, Forbidden: It is not.
        """
        rights: Rights = info.context.rights
        if isinstance(self.need, Role):
            rights.demand(self.need, arguments.get("workspace", MAIN_WORKSPACE))
        elif self.need is Need.OPERATOR:
            rights.demand_operator()

    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        self.check(info, kwargs)
        return next_(source, info, **kwargs)

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        self.check(info, kwargs)
        found = next_(source, info, **kwargs)
        return await found if inspect.isawaitable(found) else found


class NoNul(FieldExtension):
    """Refuses text with a NUL in it, wherever it stands in the arguments of a field.

    PostgreSQL cannot store one, nor be asked for one, and no name that people give has any.
    """

    def map_arguments(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        for name, value in kwargs.items():
            for path, text in texts_of(to_camel_case(name), value):
                at = text.find("\0")
                if at >= 0:
                    hint = "If it was read from a file in UTF-16, decode it first."
                    # What is submitted names its fields from its own root, as its other refusals do.
                    field = re.sub(r"^(run\.\w+|options)\.", "", path)
                    raise InvalidParams(field, f"holds a NUL at character {at + 1}", hint=hint)
        return kwargs


def texts_of(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text in an argument, with the path that leads to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from texts_of(f"{path}[{place}]", item)
    elif has_strawberry_definition(value):
        for name, member in vars(value).items():
            yield from texts_of(f"{path}.{to_camel_case(name)}", member)
