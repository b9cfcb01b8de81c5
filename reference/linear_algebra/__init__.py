"""Linear algebra: norms, traces, decompositions."""
