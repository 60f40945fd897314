"""Speed, as ratios: the real pages against minimal ones, over one filled database, in one run."""
