"""Tables that are made of files."""
