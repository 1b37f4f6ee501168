"""The canonical prompt syntax: text to tree to text."""
