"""Runs the claims, and tests the suite itself."""
