"""The truth: reference values with rigorous bounds, in NumPy and python-flint only."""
