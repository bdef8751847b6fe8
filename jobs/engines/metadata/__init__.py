"""The Parquet files of a catalog: the contract they keep, and a reader that checks it."""
