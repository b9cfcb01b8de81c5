"""Kernels that meet only a weaker class of bounds, and wrong ones that meet none."""
