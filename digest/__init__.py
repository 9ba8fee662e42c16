"""A static site generator for annotated news digests: who said what, about which agreement, when, in which office."""

__version__ = "0.1.0"
