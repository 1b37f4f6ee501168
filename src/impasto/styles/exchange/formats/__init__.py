"""Formats of style collections, one file each, named as the format."""
