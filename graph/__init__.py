"""ANSWERS: every door to the outside."""
