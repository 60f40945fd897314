"""Pages of ratings and scorecards."""
