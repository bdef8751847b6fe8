"""SQL of users over Parquet files: DuckDB in a sandbox, and ClickHouse. The README has the rules."""
