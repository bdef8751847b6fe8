"""What files are, told by their content: `roles.detect`. Nothing here trusts a name or a claim."""
