"""Softmax and the losses built on it."""
