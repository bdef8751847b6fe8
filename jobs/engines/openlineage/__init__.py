"""What OpenLineage events say, checked and merged."""
