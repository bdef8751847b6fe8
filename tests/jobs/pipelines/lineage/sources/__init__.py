"""Each form of files becomes the same value."""
