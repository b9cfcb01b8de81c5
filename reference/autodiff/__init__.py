"""The truth about automatic differentiation."""
