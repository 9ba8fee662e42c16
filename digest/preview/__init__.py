"""The preview server: where editors see what they write, and annotate it."""
