"""Tests of how parts of the graph are drawn."""
