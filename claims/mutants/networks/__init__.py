"""Wrong implementations that the claims about networks must catch."""
