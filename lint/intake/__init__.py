"""From a source (mbox, mail, diff, git range, staged index) to a series of patches; the only part that knows mail."""
