"""Rows of the table of operations, one file a chapter; `elementwise` holds what every chapter uses."""
