"""Wrong losses."""
