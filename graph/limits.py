"""What bounds a request before it is executed."""

import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from graphql import GraphQLError, Lexer, OperationDefinitionNode, Source, Token, TokenKind
from strawberry.extensions import FieldExtension, MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.types import ExecutionContext
from strawberry.types.base import has_strawberry_definition
from strawberry.utils.str_converters import to_camel_case

from db.access import Role
from db.models import MAIN_WORKSPACE
from graph.rights import NEEDS, Need, Rights
from jobs.errors import InvalidParams

MAX_DIGITS = 400  # of a number in a document: no type holds more, and Python reads 4,300 at most
LONG_NUMBER = re.compile(rf"\d{{{MAX_DIGITS}}}")
MAX_TOKENS = 5_000  # of a document; the texts of a run travel as variables and count as none
CACHED_DOCUMENTS = 500  # parsed and validated once: a third of the cost of a small query
CACHED_CHARACTERS = (
    20_000  # longer documents are not worth keeping, and 500 of them would be a way to fill memory
)


class Tokens(MaxTokensLimiter):
    """Refuses documents of too many tokens before they are parsed whole."""

    def __init__(self) -> None:
        super().__init__(max_token_count=MAX_TOKENS)


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
    """Keeps the verdict on short documents."""

    def __init__(self) -> None:
        super().__init__(maxsize=CACHED_DOCUMENTS)

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        context.pre_execution_errors = unanswerable(context)
        if context.pre_execution_errors or len(context.query or "") > CACHED_CHARACTERS:
            yield
        else:
            yield from super().on_validate()


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
