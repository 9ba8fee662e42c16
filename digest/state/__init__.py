"""The state folder: what a build remembers. It may be deleted at any time and is never published."""
