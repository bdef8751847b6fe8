"""WORKS: accepts, runs and finishes runs."""
