"""How tests make the rows they need, one module per app."""
