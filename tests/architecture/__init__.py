"""Tests of the house itself: sizes, names, exceptions to rules, and what may be known where."""
