"""Tests of what is written about Headwater: it is true, and what can be run runs."""
