"""Options that several commands have."""

from typing import Annotated

import typer

from graph.cli.choices import Format

MAIN = "main"

Host = Annotated[str | None, typer.Option(help="Address to listen on. [HEADWATER_HOST]", show_default=False)]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0: a free one. [HEADWATER_PORT]")
]
Url = Annotated[str | None, typer.Option(help="Address of the service. [HEADWATER_URL]")]
Token = Annotated[str | None, typer.Option(help="Its API token. [HEADWATER_API_TOKEN]")]
Workspace = Annotated[str, typer.Option(help="Whose run it is.")]
Output = Annotated[Format, typer.Option("--format", help="How the outcome is printed.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 if something could not be explained.")]
RunId = Annotated[str, typer.Argument(help="The run's id.", show_default=False)]
