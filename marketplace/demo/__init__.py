"""The demonstration world: its logins, and the seed that makes it."""
