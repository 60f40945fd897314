"""A database filled for measuring, by bulk loading in the proportions of real use."""
