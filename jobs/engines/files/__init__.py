"""What files are, told by their content: `detect.detect`. Nothing here trusts a name or a claim."""
