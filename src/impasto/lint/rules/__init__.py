"""One rule in one file; `python -m impasto.lint.registry --write` puts a new one on the list."""
