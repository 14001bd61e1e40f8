"""The command line: what it says of configurations, and what it writes."""
