"""A picture as one HTML page that asks nobody for anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from jobs.engines.drawing.layout import laid_out
from jobs.engines.drawing.svg import MAX_TITLE, kind_of, reason_of, svg_of, text_of
from jobs.engines.drawing.values import Arrow, Picture
from jobs.engines.drawing.wording import counted, shortened

MAX_HEADING = 110  # letters
MAX_REASONS = 5  # of one arrow, in the table
INVITATION = "Click a column, or reach it with Tab and press Enter, to see its path. Escape shows all again."
LEGEND = """\
<ul id="legend" aria-label="Legend">
<li><svg width="44" height="12"><g class="direct"><path class="line" d="M1 6H41"/></g></svg> a value flows</li>
<li><svg width="44" height="12"><g class="indirect"><path class="line" d="M1 6H41"/></g></svg> decides about \
rows or values, without being part of them</li>
<li><svg width="58" height="17"><g class="mask"><rect x="2" y="1" width="54" height="15" rx="7.5"/>\
<text x="29" y="12">masked</text></g></svg> hashed or masked on the way</li>
<li class="script"><label><input type="checkbox" id="influences" checked> show influences</label></li>
<li class="script"><label><input type="checkbox" id="whole"> fit to window</label></li>
</ul>"""


@dataclass(frozen=True, slots=True)
class Dress:
    """What the page wears: its style and its script, and the nonce under which the policy lets them in."""

    style: str
    script: str
    nonce: str


def page_of(picture: Picture, dress: Dress) -> str:
    """The whole page. It shows everything without a script; with one, paths can be followed.

    Every text of the picture is cleaned and escaped; style and script are the caller's and trusted.

    Cost: as `layout.laid_out`, which does nearly all of the work.
    """
    name = text_of(picture.name_of(picture.root))
    short = escape(shortened(picture.name_of(picture.root)[:MAX_TITLE], MAX_HEADING), quote=True)
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{short} · lineage</title>
<style nonce="{dress.nonce}">
{dress.style}</style>
</head>
<body>
<header>
<h1 title="{name}"><bdi>{short}</bdi></h1>
<p id="facts">{" · ".join(_facts(picture))}</p>
{LEGEND}
<p id="said" class="script" role="status">{INVITATION}</p>
</header>
<main tabindex="0" aria-label="The picture">
{svg_of(picture, laid_out(picture))}
</main>
<details>
<summary>The same as a table: {counted(len(picture.arrows), "edge")}</summary>
<table>
<thead><tr><th>From<th>To<th>Kind<th>Why</thead>
<tbody>
{chr(10).join(_line(picture, arrow) for arrow in picture.arrows)}
</tbody>
</table>
</details>
<script nonce="{dress.nonce}">
{dress.script}</script>
</body>
</html>
"""


def _facts(picture: Picture) -> Iterator[str]:
    columns = sum(len(card.rows) for card in picture.cards)
    yield f"revision {picture.revision}"
    yield counted(len(picture.cards), "asset")
    if columns:
        yield counted(columns, "column")
    yield counted(len(picture.arrows), "edge")
    if picture.left_out:
        yield f"{picture.left_out:,} more edges between these are not drawn"
    if picture.truncated:
        yield "more lies behind the bounds, where dots stand beside cards"


def _line(picture: Picture, arrow: Arrow) -> str:
    reasons = [text_of(reason_of(reason), 300) for reason in arrow.reasons[:MAX_REASONS]]
    more = len(arrow.reasons) - len(reasons)
    reasons += [f"and {more:,} more"] if more else []
    ends = (f"<td><bdi>{text_of(picture.name_of(end), 300)}</bdi>" for end in (arrow.source, arrow.target))
    masked = ", masked" if arrow.masking else ""
    return f"<tr>{''.join(ends)}<td>{kind_of(arrow)}{masked}<td><bdi>{'<br>'.join(reasons)}</bdi>"
