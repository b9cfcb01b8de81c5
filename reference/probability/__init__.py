"""Probability: laws of random number generators, covariance, independence."""
