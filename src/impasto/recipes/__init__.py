"""Recipes: a file that says everything for a set of images, and the set itself."""
