"""Tests of the reader of a catalog's files."""
