"""Initialization: laws of initial weights and what they do to a signal."""
