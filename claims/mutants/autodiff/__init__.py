"""Wrong derivatives."""
