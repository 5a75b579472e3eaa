"""One file per rule; the registry lists them in one sorted tuple."""
