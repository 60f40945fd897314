"""Finding workers: the one page where profiles, groups, requirements and scorecards meet."""
