"""Style packs: reusable transformations of a prompt, in plain files."""
