"""ClickHouse: statements that read, on a server or inside a child process, with an outcome like DuckDB's."""
