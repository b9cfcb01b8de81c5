"""Reports: run records in, self-contained HTML pages and text out."""
