"""SQL of users, run over Parquet files: DuckDB in a sandbox, and ClickHouse. The README beside this file has the rules."""
