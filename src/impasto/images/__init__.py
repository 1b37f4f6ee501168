"""Image files: what kind they are, the record of what made them, and the proof sheet."""
