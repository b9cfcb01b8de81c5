"""The truth about networks: activations and units."""
