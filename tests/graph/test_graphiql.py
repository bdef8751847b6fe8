"""The GraphiQL page stands on its own: no foreign host, no inline script, working tabs."""

import asyncio
import hashlib
import json
import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import graphql
import pytest
import strawberry
import uvicorn
from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from graph.graphiql import (
    Addresses,
    ExampleTab,
    example_tabs,
    graphiql_headers,
    graphiql_page,
    json_for_html,
    static_folder,
)

EXAMPLES = ["SubmitLineage", "Watch", "Upstream", "Search", "Picture", "Runs", "Service"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
STORED = "([name, value]) => localStorage.getItem(`headwater:graphiql:${name}`) === value"
GREETING = ExampleTab(
    "Greet", "query Greet($name: String!) {\n  hello(name: $name)\n}\n", '{"name": "<river>"}'
)
COUNTING = ExampleTab("Count", "subscription Count {\n  count(to: 3)\n}\n")


class Links(HTMLParser):
    """Every address a page refers to, and every script and style it carries itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.addresses += [value for name, value in attrs if name in {"src", "href"} and value]
        if tag == "style" or (tag == "script" and not {"src", "type"} & set(attributes)):
            self.inline.append(tag)
        self.inline += [name for name in attributes if name.startswith("on") or name == "style"]


def test_vendored_files_are_what_they_were() -> None:
    """Every vendored file is named in SOURCES.md and has the digest given there."""
    vendor = static_folder() / "vendor"
    named = dict(
        re.findall(r"^\| `(\S+)` .* `([0-9a-f]{64})` \|$", (vendor / "SOURCES.md").read_text(), re.MULTILINE)
    )
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in vendor.iterdir()
        if file.name != "SOURCES.md"
    }

    assert 7 == len(named)
    assert named == found


def test_nothing_is_loaded_from_elsewhere() -> None:
    """The page names only files of ours, all of which exist, and none asks for another host or a source map."""
    links = Links(graphiql_page(example_tabs()))
    assets = [address.removeprefix("/static/graphiql/") for address in links.addresses]

    assert 7 == len(assets)
    assert [] == [asset for asset in assets if not (static_folder() / asset).is_file()]
    assert [] == links.inline
    for asset in assets:
        text = (static_folder() / asset).read_text()
        assert "sourceMappingURL" not in text
        assert [] == re.findall(r"(?:@import|url\(|\bimport\(|importScripts\()\s*[\"']?(?:https?:)?//", text)


def test_hostile_text_stays_text() -> None:
    """Nothing in a tab can end the block of JSON it travels in, and the JSON still means the same."""
    hostile = "</script><script>alert(1)</script><!-- & \u2028"
    page = graphiql_page([ExampleTab("x", hostile, hostile)])
    block = re.search(r'id="configuration">(.*?)</script>', page)

    assert "alert(1)</script>" not in page
    assert block
    assert [{"query": hostile, "variables": hostile}] == json.loads(block[1])["tabs"]
    assert '"\\u003c\\u003e\\u0026"' == json_for_html("<>&")


def test_addresses_are_escaped() -> None:
    """Paths given by whoever mounts the page cannot leave their attributes."""
    links = Links(graphiql_page([], Addresses(assets='/a"onload="x', endpoint="<b>", schema="<i>")))

    assert [] == links.inline
    assert all(address.startswith('/a"onload="x/') for address in links.addresses)


def test_headers() -> None:
    """The page may run our scripts only, talk to our host only, and be framed by nobody."""
    headers = graphiql_headers()
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))

    assert "'self'" == policy["default-src"] == policy["script-src"] == policy["connect-src"]
    assert "'none'" == policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"]
    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "no-referrer" == headers["Referrer-Policy"]


def test_example_tabs() -> None:
    """Every example has a title, one named operation, and variables that are exactly those it declares."""
    tabs = example_tabs()
    names = []
    for tab in tabs:
        (operation,) = graphql.parse(tab.query).definitions
        assert isinstance(operation, graphql.OperationDefinitionNode)
        assert operation.name
        names.append(operation.name.value)
        declared = {variable.variable.name.value for variable in operation.variable_definitions or ()}
        assert declared == set(json.loads(tab.variables or "{}"))

    assert EXAMPLES == names
    assert "Submit SQL" == tabs[0].title
    assert all(tab.title for tab in tabs)


def test_tabs_of_a_folder(tmp_path: Path) -> None:
    """Tabs come in the order of their file names; variables are optional."""
    (tmp_path / "2.graphql").write_text("# Second\n{ b }\n")
    (tmp_path / "1.graphql").write_text("#First\n{ a }\n")
    (tmp_path / "1.variables.json").write_text("{}")

    assert (
        ExampleTab("First", "#First\n{ a }\n", "{}"),
        ExampleTab("Second", "# Second\n{ b }\n"),
    ) == example_tabs(tmp_path)


@strawberry.type
class Greetings:
    @strawberry.field
    def hello(self, name: str) -> str:
        return f"Hello, {name}!"


@strawberry.type
class Counter:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncIterator[int]:
        for number in range(1, to + 1):
            yield number
            await asyncio.sleep(0.05)  # sleeps: the stream's own pace


def house_of_glass() -> Starlette:
    """A page over the smallest schema that has a query and a subscription."""
    tabs = (GREETING, COUNTING, *example_tabs())
    api = GraphQL(
        strawberry.Schema(Greetings, subscription=Counter),
        graphql_ide=None,
        subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
    )

    async def page(_: Request) -> Response:
        return HTMLResponse(graphiql_page(tabs), headers=graphiql_headers())

    return Starlette(
        routes=[
            Route("/graphql", page, methods=["GET"]),
            Route("/graphql", api, methods=["POST"]),
            WebSocketRoute("/graphql", api),
            Mount("/static/graphiql", StaticFiles(directory=static_folder())),
        ]
    )


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Serve an application on a free port of this machine and give its address."""
    listening = socket.create_server(("127.0.0.1", 0))  # connections wait here until the server takes them
    server = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@dataclass(frozen=True, slots=True)
class Visit:
    """A page in a real browser, and what it asked for and complained about."""

    page: Page
    requests: list[str]
    complaints: list[str]


@asynccontextmanager
async def visiting(address: str) -> AsyncIterator[Visit]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        visit = Visit(await browser.new_page(viewport={"width": 1280, "height": 800}), [], [])
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("websocket", lambda opened: visit.requests.append(opened.url))
        visit.page.on("console", lambda message: visit.complaints.append(f"{message.type}: {message.text}"))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on("requestfailed", lambda request: visit.complaints.append(f"failed: {request.url}"))
        try:
            await visit.page.goto(address)
            yield visit
        finally:
            await browser.close()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_in_a_real_browser() -> None:
    """A visitor sees the examples, runs a query and a subscription, and nothing leaves our host."""
    async with serving(house_of_glass()) as address, visiting(f"{address}/graphql") as visit:
        page = visit.page
        tabs = page.locator(".graphiql-tab-button")
        result = page.locator(".result-window")
        run = page.locator(".graphiql-execute-button")

        await tabs.first.wait_for()
        assert ["Greet", "Count", *EXAMPLES] == await tabs.all_inner_texts()
        assert "Headwater" == await page.title()

        await run.click()
        await result.get_by_text('"Hello, <river>!"').wait_for()

        await tabs.nth(1).click()
        await page.wait_for_function(STORED, arg=["operationName", "Count"])  # the editor sees a new tab late
        await run.click()
        await result.get_by_text('"count": 3').wait_for()

        await page.reload()
        await tabs.nth(1 + len(EXAMPLES)).wait_for()
        assert (
            2 + len(EXAMPLES) == await tabs.count()
        )  # what a visitor left is there again, not beside a second set

        live = address.replace("http:", "ws:")
        assert f"{live}/graphql" in visit.requests
        assert [] == [url for url in visit.requests if not url.startswith((f"{address}/", f"{live}/", "data:"))]
        assert [] == visit.complaints
