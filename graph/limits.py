"""What bounds a request before it is executed."""

from collections.abc import Iterator

from strawberry.extensions import MaxTokensLimiter, ParserCache, ValidationCache

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
        if len(self.execution_context.query or "") > CACHED_CHARACTERS:
            yield
        else:
            yield from super().on_parse()


class Validated(ValidationCache):
    """Keeps the verdict on short documents."""

    def __init__(self) -> None:
        super().__init__(maxsize=CACHED_DOCUMENTS)

    def on_validate(self) -> Iterator[None]:
        if len(self.execution_context.query or "") > CACHED_CHARACTERS:
            yield
        else:
            yield from super().on_validate()
