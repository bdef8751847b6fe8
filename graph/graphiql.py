"""The GraphiQL page: served by us, asking no other host for anything."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # the editor and its menus write style elements
    "img-src 'self' data:",
    "font-src 'self' data:",  # the fonts stand in GraphiQL's style sheet
    "connect-src 'self'",  # in today's browsers this covers the socket of the same host and port
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headwater</title>
<link rel="icon" type="image/svg+xml" href="{assets}/icon.svg">
<link rel="stylesheet" href="{assets}/vendor/graphiql.min.css">
<link rel="stylesheet" href="{assets}/page.css">
<script type="application/json" id="configuration">{configuration}</script>
<script defer src="{assets}/vendor/react.production.min.js"></script>
<script defer src="{assets}/vendor/react-dom.production.min.js"></script>
<script defer src="{assets}/vendor/graphiql.min.js"></script>
<script defer src="{assets}/boot.js"></script>
</head>
<body>
<div id="graphiql"><p class="message">Opening the editor …</p></div>
<noscript><p class="message">The editor needs JavaScript. The schema is at {schema}.</p></noscript>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class ExampleTab:
    """A document a visitor finds filled in. The tab shows the name of its operation."""

    title: str
    query: str
    variables: str = ""  # JSON, as the visitor will see it


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the page and what it needs are mounted: paths on our own host."""

    endpoint: str = "/graphql"
    schema: str = "/schema.graphql"
    assets: str = "/static/graphiql"


def example_tabs(folder: Path = STATIC / "examples") -> tuple[ExampleTab, ...]:
    """The examples of a folder, by file name.

    `NAME.graphql` begins with a comment that is its title; `NAME.variables.json`, if there
    is one, holds its variables.
    """
    return tuple(read_tab(file) for file in sorted(folder.glob("*.graphql")))


def read_tab(file: Path) -> ExampleTab:
    query = file.read_text(encoding="utf-8")
    variables = file.with_suffix(".variables.json")
    return ExampleTab(
        title=query.partition("\n")[0].removeprefix("#").strip(),
        query=query,
        variables=variables.read_text(encoding="utf-8") if variables.is_file() else "",
    )


def graphiql_page(tabs: Sequence[ExampleTab], addresses: Addresses | None = None) -> str:
    """The whole page as HTML. Send it with `graphiql_headers`.

    It holds no script of its own: `boot.js` reads the configuration from a block of JSON.
    """
    at = addresses or Addresses()
    configuration = {
        "endpoint": at.endpoint,
        "schema": at.schema,
        "tabs": [{"query": tab.query, "variables": tab.variables or None} for tab in tabs],
    }
    return PAGE.format(
        assets=escape(at.assets),
        schema=escape(at.schema),
        configuration=json_for_html(configuration),
    )


def json_for_html(value: object) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def graphiql_headers() -> dict[str, str]:
    """What the page must be sent with: it may talk to our own host only, and nobody may frame it."""
    return {
        "Content-Security-Policy": "; ".join(POLICY),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }


def static_folder() -> Path:
    """What is to be served under `Addresses.assets`."""
    return STATIC / "graphiql"
