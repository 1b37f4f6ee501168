"""A rule and a report of one's own, found by entry points like the built-in ones."""
