"""Contact sheets: the images of a run on one page, with what made them and what went wrong."""
