"""Wrong linear algebra."""
