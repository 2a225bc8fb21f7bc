"""The benchmark: the same submissions judged in six ways, side by side in one run."""
