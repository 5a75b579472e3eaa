"""The state of a kernel tree before and after each patch, in memory: trees, overlays and the application of hunks."""
