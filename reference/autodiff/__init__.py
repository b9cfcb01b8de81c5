"""Truths of automatic differentiation."""
