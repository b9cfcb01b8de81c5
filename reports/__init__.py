"""The report: run records in, one self-contained HTML page out."""
