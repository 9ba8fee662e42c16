"""Changing sources from the preview: notes, quotations and aliases, written so that nothing is lost."""
