"""Tests of the run kinds."""
