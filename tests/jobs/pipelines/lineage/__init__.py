"""Tests of lineage runs: from texts to what readers see."""
