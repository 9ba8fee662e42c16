"""From views to bytes, and bytes to the output folder."""
