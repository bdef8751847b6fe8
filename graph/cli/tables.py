"""`headwater settings`: every setting with its present value."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings
from rich.console import Console
from rich.table import Table
from rich.text import Text

from db.settings import env_name
from graph.settings import load_all

MASK = "********"


def shown(value: Any) -> str:
    """A value as one would set it; secrets are masked."""
    match value:
        case None:
            return "(unset)"
        case SecretStr():
            return MASK
        case Enum():
            return str(value.value)
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(map(str, value))
    return str(value)


def rows(settings: BaseSettings) -> Iterator[tuple[str, Text, str]]:
    for name, about in type(settings).model_fields.items():
        value = getattr(settings, name)
        is_default = value == about.default
        words = Text(shown(value), style="dim" if is_default else "bold")
        yield env_name(type(settings), name), words, about.description or ""


def show_settings(out: Console, environ: Mapping[str, str] | None = None) -> None:
    """Print all settings in force.

    Raises:
        BadSettings: Some cannot be used; all of them are in it.
    """
    for kind, settings in load_all(environ).items():
        if not kind.model_fields:
            continue
        title = (kind.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
        table.add_column("Variable", style="cyan", no_wrap=True)
        table.add_column("Value", overflow="fold", min_width=12)
        table.add_column("Meaning", overflow="fold")
        for row in rows(settings):
            table.add_row(*row)
        out.print(table)
        out.print()
