"""Pictures in a real browser: everything is there, paths light up, and nothing is asked of anybody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright

from graph.gallery import drawn, headers
from jobs.engines.drawing.values import Card, End, Row
from tests.graph.api import Api
from tests.graph.test_examples import load_warehouse
from tests.graph.test_graphiql import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.graph.test_lineage import column
from tests.graph.test_pictures import pictured
from tests.jobs.engines.drawing.pictures import flow, picture_of, warehouse

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

LIT = (
    """() => Array.from(document.querySelectorAll('#picture [data-end].lit'), (end) => end.ariaLabel).sort()"""
)
DIM = """() => Array.from(document.querySelectorAll('#picture .card:not(.lit)'), (card) =>
  Number(getComputedStyle(card).opacity))"""
WAYS = """() => Array.from(document.querySelectorAll('.arrow.lit title'), (title) =>
  title.textContent.split('\\n')[0]).sort()"""
SPILLED = """() => Array.from(document.querySelectorAll('#picture .card text')).filter((text) => {
  const inner = text.getBoundingClientRect(), outer = text.closest('.card').getBoundingClientRect();
  return inner.left < outer.left || inner.right > outer.right + 0.5 || inner.bottom > outer.bottom;
}).map((text) => text.textContent)"""
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
GROUND = "() => getComputedStyle(document.body).backgroundColor"
STORED = """() => { try { return localStorage.length } catch (error) { return error.name } }"""


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def viewing(
    browser: Browser, address: str, scheme: Literal["dark", "light"] = "light", *, script: bool = True
) -> AsyncIterator[Page]:
    """A page at an address that complains of nothing and asks for nothing but itself."""
    heard: list[str] = []
    page = await browser.new_page(color_scheme=scheme, java_script_enabled=script)
    page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: heard.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(address)
    try:
        yield page
        assert [] == heard
        assert {address} >= set(asked) - {address.rpartition("/pictures/")[0] + "/favicon.ico"}
    finally:
        await page.close()


@pytest.fixture
async def address(sqlite_api: Api) -> str:
    """Where the picture of a figure of the sample warehouse is."""
    await load_warehouse(sqlite_api)
    found = await pictured(sqlite_api, column("mart.revenue_by_month.revenue"), kinds=["DIRECT"], depth=20)
    return str(found["url"])


async def test_a_path_lights_up(address: str) -> None:
    """A click on a column lights its path and dims the rest; a second click or Escape shows all again."""
    async with browsing() as browser, viewing(browser, address) as page:
        row = page.locator('#picture .row[aria-label="staging.refunds.refund_eur"]')
        await row.click()

        assert [
            *("mart.board_report.growth", "mart.board_report.revenue", "mart.department_ranks.revenue"),
            *("mart.department_ranks.share", "mart.net_sales.net_eur", "mart.revenue_by_month.revenue"),
            *(
                "mart.revenue_growth.growth",
                "mart.revenue_growth.revenue",
                "mart.revenue_growth.revenue_before",
            ),
            *("raw.exchange_rates.euro_per_unit", "raw.refunds.amount", "staging.rates.rate"),
            "staging.refunds.refund_eur",
        ] == await page.evaluate(LIT)
        ways = await page.evaluate(WAYS)
        assert "raw.refunds.amount → staging.refunds.refund_eur" in ways
        assert not [way for way in ways if "staging.sales" in way]
        dim = await page.evaluate(DIM)
        assert dim
        assert max(dim) < 0.5
        assert "true" == await row.get_attribute("aria-pressed")
        assert "made of or decided by 3" in await page.locator("#said").inner_text()

        await page.keyboard.press("Escape")
        assert [] == await page.evaluate(LIT)
        assert {1.0} == set(await page.evaluate(DIM))
        assert "false" == await row.get_attribute("aria-pressed")

        await row.click()
        await row.click()
        assert [] == await page.evaluate(LIT)


async def test_by_keyboard(address: str) -> None:
    """Columns are reached with Tab and chosen with Enter or the space bar."""
    async with browsing() as browser, viewing(browser, address) as page:
        await page.locator("main").focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        chosen = await page.evaluate("() => document.activeElement.ariaLabel")
        await page.keyboard.press("Enter")
        first = await page.evaluate(LIT)
        await page.keyboard.press("Space")

        assert chosen in first
        assert [] == await page.evaluate(LIT)


async def test_in_the_dark(address: str) -> None:
    """A page is dark for whom everything is."""
    async with browsing() as browser:
        async with viewing(browser, address) as page:
            light = await page.evaluate(GROUND)
        async with viewing(browser, address, "dark") as page:
            assert light != await page.evaluate(GROUND)


async def test_apart_from_our_origin(address: str) -> None:
    """The page is sandboxed: it has an origin of its own and so no storage of ours, and may load nothing."""
    async with browsing() as browser:
        page = await browser.new_page()
        await page.goto(address)
        assert "SecurityError" == await page.evaluate(STORED)
        assert "null" == await page.evaluate("() => origin")
        assert "refused" == await page.evaluate(
            "() => fetch('/graphql').then(() => 'answered', () => 'refused')"
        )


async def test_without_a_script(address: str) -> None:
    """Without a script everything is shown, and nothing is offered that would need one."""
    async with browsing() as browser, viewing(browser, address, script=False) as page:
        assert 15 == await page.locator("#picture .card").count()
        assert await page.get_by_text("net_eur", exact=True).first.is_visible()
        assert not await page.locator("#said").is_visible()
        assert not await page.locator("#influences").is_visible()


@asynccontextmanager
async def showing(browser: Browser, html: str) -> AsyncIterator[Page]:
    """A page of our own making, sent with what a picture is sent with."""
    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    sent = headers("n0nce") | {"Content-Type": "text/html; charset=utf-8"}
    await page.route("**/*", lambda route: route.fulfill(status=200, headers=sent, body=html))
    await page.goto("http://localhost/pictures/x")
    yield page
    await page.close()


async def test_influences_can_be_hidden() -> None:
    """Without influences, only values are shown and followed; a whole asset stands for its columns."""
    cards = tuple(Card(name, "table", rows=(Row("x"), Row("y"))) for name in "abc")
    arrows = flow(End(0, 0), End(1, 0)), flow(End(1, 1), End(2), direct=False)
    async with browsing() as browser, showing(browser, drawn(picture_of(cards, *arrows), "n0nce")) as page:
        head = page.locator('#picture .head[data-end="1"]')
        await head.click()
        both = await page.evaluate(WAYS)
        await page.locator("#influences").uncheck()
        values = await page.evaluate(WAYS)

        assert ["a.x → b.x", "b.y → c"] == both
        assert ["a.x → b.x"] == values
        assert not await page.locator(".arrow.indirect .line").is_visible()


async def test_names_stay_in_their_cards(tmp_path: Path) -> None:
    """However long names are, and in whatever script, they end within their card."""
    names = (
        "x" * 500,
        "名" * 60,
        "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}" * 40,
        "שלום_" * 50,
        "e" + "\u0301" * 300,
    )
    cards = tuple(Card(name, "table", rows=(Row(name, "decimal(12,6)"),), hidden=3) for name in names)
    async with browsing() as browser:
        async with showing(browser, drawn(picture_of(cards), "n0nce")) as page:
            assert [] == await page.evaluate(SPILLED)
        async with showing(browser, drawn(warehouse(), "n0nce")) as page:
            assert 60 == await page.locator("#picture .card").count()
            assert [] == await page.evaluate(SPILLED)
            await page.screenshot(path=tmp_path / "sixty.png", full_page=True)
            assert (tmp_path / "sixty.png").stat().st_size > 10_000


ROOT_SEEN = """() => {
  const root = document.querySelector('.chosen-root').getBoundingClientRect();
  return root.top >= 0 && root.bottom <= innerHeight && root.left >= 0 && root.right <= innerWidth;
}"""
HEADER_SEEN = "() => document.querySelector('#said').getBoundingClientRect().top >= 0"
CARDS_SEEN = """() => Array.from(document.querySelectorAll('#picture .card')).filter((card) => {
  const box = card.getBoundingClientRect(), pane = document.querySelector('main').getBoundingClientRect();
  return box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1 && box.right <= pane.right + 1;
}).length"""
CONTRAST = """() => {
  const light = (colour) => {
    const parts = colour.match(/[0-9]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  const ratio = (line) => { const other = light(getComputedStyle(line).stroke);
    return Math.max(other, ground) / Math.min(other, ground); };
  return Array.from(document.querySelectorAll('#legend .line'), ratio);
}"""


async def test_a_picture_larger_than_the_window() -> None:
    """What a picture is about is in sight at once, beside the words about it; all of it is, if asked for."""
    async with browsing() as browser, showing(browser, drawn(warehouse(), "n0nce")) as page:
        assert await page.evaluate(ROOT_SEEN)
        assert await page.evaluate(HEADER_SEEN)
        assert 60 > await page.evaluate(CARDS_SEEN)

        await page.locator("#whole").check()
        assert 60 == await page.evaluate(CARDS_SEEN)
        await page.locator("#picture .row").last.click()
        assert await page.evaluate(LIT)
        assert await page.evaluate(HEADER_SEEN)

        await page.locator("#whole").uncheck()
        assert await page.evaluate(ROOT_SEEN)


async def test_lines_can_be_told_from_the_ground(address: str) -> None:
    """Both sorts of lines stand out from the ground by 3 to 1 at least, in the light and in the dark."""
    async with browsing() as browser:
        for scheme in SCHEMES:
            async with viewing(browser, address, scheme) as page:
                ratios = await page.evaluate(CONTRAST)
                assert 2 == len(ratios)
                assert min(ratios) >= 3, (scheme, ratios)
