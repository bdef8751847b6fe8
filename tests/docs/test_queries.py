"""The GraphQL that the documentation shows is answered, page by page, by a service that holds the sample."""

import json
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse

from jobs.news import tell_workspace
from tests.docs.snippets import ROOT, Snippet, pages, snippets_of
from tests.graph.api import Api, open_api
from tests.graph.files import uploaded
from tests.graph.test_examples import load_warehouse
from tests.warm import WarmChildren

END = Snippet("", "", "", "")
ENDLESS = ("runFeed(", "lineageFeed(")
MAY_BE_EMPTY = {"logs"}  # a service to which nothing happened has warned of nothing


@dataclass(frozen=True, slots=True)
class Shown:
    """A document that a page shows, with the variables that stand behind it."""

    place: str
    query: str
    variables: dict[str, Any]

    @property
    def operation(self) -> OperationType:
        (found,) = (each for each in parse(self.query).definitions if isinstance(each, OperationDefinitionNode))
        return found.operation


def shown_on(page: Path) -> list[Shown]:
    """What a page shows to be asked, in order."""
    return [
        Shown(block.place, block.body, json.loads(after.body) if is_for(after) else {})
        for block, after in pairwise((*snippets_of(page), END))
        if block.language == "graphql" and block.mark != "sdl"
    ]


def is_for(block: Snippet) -> bool:
    """Whether a block holds the variables of the document before it."""
    return block.language == "json" and block.follows == "graphql"


PAGES = [page for page in pages() if shown_on(page)]


@dataclass(slots=True)
class Reader:
    """Somebody who pastes one block of a page after the other; workers do what is accepted."""

    api: Api
    runs: list[str] = field(default_factory=list)

    async def paste(self, shown: Shown) -> Any:
        """The fields of an answer; of a subscription those of its last event, or the first if it has no end."""
        variables = await self.filled_in(shown.variables)
        if shown.operation is OperationType.SUBSCRIPTION:
            await tell_workspace(self.api.house.bench, "main")
            async with self.api.socket() as wire:
                operation = await wire.start(shown.query, **variables)
                if any(feed in shown.query for feed in ENDLESS):
                    return (await wire.hear())["payload"]["data"]
                payloads = await wire.rest(operation)
            assert not any("errors" in payload for payload in payloads), shown.place
            return payloads[-1]["data"]
        answer = (await self.api.post(shown.query, variables)).json()
        assert "errors" not in answer, (shown.place, answer)
        for given in answer["data"].values():
            if isinstance(given, dict) and "runId" in given and shown.operation is OperationType.MUTATION:
                self.runs.append(given["runId"])
                await self.api.execute(given["runId"])
        return answer["data"]

    async def filled_in(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Variables with ids of the newest run and of an upload, where a page has them."""
        if "upload" in variables:
            sent = await uploaded(self.api, b"id,price\n1,2.50\n", "prices.csv")
            variables = {**variables, "upload": sent["uploadId"]}
        return {**variables, "runId": self.runs[-1]} if "runId" in variables else variables


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
async def test_everything_shown_is_answered(
    sqlite_url: str, redis_url: str, tmp_path: Path, children: WarmChildren, page: Path
) -> None:
    """Whoever pastes a page from top to bottom gets something for each block, and is refused nothing."""
    async with open_api(sqlite_url, redis_url, tmp_path, children) as api:
        reader = Reader(api, [await load_warehouse(api)])
        for shown in shown_on(page):
            told = await reader.paste(shown)
            for name, given in told.items():
                assert given or name in MAY_BE_EMPTY, (shown.place, name)
                assert not (isinstance(given, dict) and "code" in given), (shown.place, given)
