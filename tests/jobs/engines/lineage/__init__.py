"""Tests of the lineage engine."""
