"""Wrong implementations that the claims about automatic differentiation must catch."""
