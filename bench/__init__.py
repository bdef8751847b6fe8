"""Speed, shown: each figure beside its peer or limit, measured in one run on one machine."""
