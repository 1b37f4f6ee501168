"""Templates: sandboxed Jinja whose values are data, and `.prompt` files."""
