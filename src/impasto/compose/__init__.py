"""Template + styles + values -> composition."""
