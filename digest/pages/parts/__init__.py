"""The parts that views of several kinds are made of."""
