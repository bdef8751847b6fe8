"""What dbt writes into its target folder, checked and as values."""
