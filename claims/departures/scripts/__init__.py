"""One small script a departure, in plain torch, that prints the observed and the exact value."""
