"""Claims about regularisation."""
