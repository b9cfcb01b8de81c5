"""Inputs: regimes that Hypothesis draws and NumPy fills, one file a family of shapes."""
