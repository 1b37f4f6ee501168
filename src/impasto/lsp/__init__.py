"""The language server: what the linter knows, in an editor, while one types.

Everything but `server` and `wire` is plain functions over texts and positions, without a protocol.
"""
