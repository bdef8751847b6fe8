"""REMEMBERS: tables, files, the change feed."""
