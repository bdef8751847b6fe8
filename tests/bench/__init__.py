"""The bench measures what it says: its catalogs are valid and their truth is true."""
