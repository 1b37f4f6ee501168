"""The formatter: one canonical layout for prompts, templates and style packs.

It changes spaces, line ends and the spelling of numbers, never what a model hears.
"""
