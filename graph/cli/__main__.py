"""`python -m graph.cli` is `headwater`."""

from graph.cli import main

main()
