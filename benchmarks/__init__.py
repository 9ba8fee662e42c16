"""Measurements on synthetic digests; see `make bench`."""
