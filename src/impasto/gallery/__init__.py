"""Every style on one page: its proof, its words, and what each model hears."""
