"""Wrong normalising layers."""
