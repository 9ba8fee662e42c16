"""What `make` runs to set up a machine; standard library only."""
