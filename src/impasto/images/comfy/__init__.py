"""ComfyUI's graphs: read in both of their forms, and walked from the image back to its prompt."""
