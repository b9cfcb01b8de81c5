"""Initialization: the laws of initial weights and the signals that they pass on."""
