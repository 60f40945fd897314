"""The home pages: what needs the person now, one recipe per role."""
