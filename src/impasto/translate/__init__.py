"""Composition + (model, backend) -> translation."""
