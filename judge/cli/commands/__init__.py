"""One module a command, and what the longer commands run. Heavy imports stand inside functions (see `judge.cli`)."""
