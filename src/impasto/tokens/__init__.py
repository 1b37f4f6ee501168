"""Tokens: what text encoders read, counted offline, with the place of every token in the text.

`count_tokens` counts those of a text; `impasto.translate.budget` says what becomes of a prompt.
Vocabularies are read when they are first used.
"""
