"""Doing only what is needed: what was made before is found again by what it was made of."""
