"""Problem packages: loads a folder as a Problem, or reports every fault of it at once."""
