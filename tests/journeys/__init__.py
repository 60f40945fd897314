"""Whole journeys in a browser, as the people of the product make them."""
