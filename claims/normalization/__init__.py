"""Normalisation: layers that standardise activations, over a batch or within an example."""
