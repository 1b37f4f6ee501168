"""Choices: closing an open prompt, the same way on every machine."""
