"""What the whole service promises, shown with real processes that are really killed."""
