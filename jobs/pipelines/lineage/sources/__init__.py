"""Where lineage comes from, one file a source: each turns files into a `material.Material`."""
