"""Softmax and the losses built on it: exact values and derived bounds."""
