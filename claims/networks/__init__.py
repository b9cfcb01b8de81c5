"""Claims about networks: activations, and what networks of them can and cannot do."""
