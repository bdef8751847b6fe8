"""Tests of reading and writing OpenLineage events."""
