"""Makes pytest over this repository check claims."""

pytest_plugins = ["claims.frame.pytest_plugin"]
