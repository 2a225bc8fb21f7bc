"""Raises an exception whose text has 100 MB."""
# verdict: runtime_error, memory_limit_exceeded


def answer(x):
    raise ValueError("x" * 100_000_000)
