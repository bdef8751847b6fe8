"""Drawing a small part of the graph: cards, rows and arrows in; places and text out."""
