"""One module for each command, and the steps of longer ones. Heavy imports are inside functions (see `judge.cli`)."""
