"""Tests of accepting, running and finishing runs."""
