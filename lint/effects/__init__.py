"""What a series changes beyond its own lines: configurations, options, objects and branches of untouched code."""
