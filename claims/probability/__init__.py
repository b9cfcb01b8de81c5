"""Probability: independence, covariance, random samples."""
