"""Run kinds for tests: real ones, a dozen lines each."""
