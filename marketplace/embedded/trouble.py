class Trouble(Exception):
    """Something that the person at the terminal must put right; the message says how."""
