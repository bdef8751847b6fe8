"""Tests of the container image and of the composition, as far as they can be had without an engine."""
