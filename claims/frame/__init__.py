"""The machinery of claims: what a topic file never has to look into."""
