"""Tests of the SQL engine: real statements over real files."""
