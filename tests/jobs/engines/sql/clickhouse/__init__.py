"""Tests of ClickHouse: the engine itself, in this process and behind HTTP."""
