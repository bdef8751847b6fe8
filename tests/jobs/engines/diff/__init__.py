"""Tests of what tells two states of lineage apart."""
