"""Problem packages: a folder becomes a Problem, or every fault of it is told at once."""
