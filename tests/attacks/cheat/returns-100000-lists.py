"""Returns a hundred thousand small things, to fill the judge's memory with their headers."""
# verdict: output_limit_exceeded


def answer(x):
    return [[] for _ in range(100_000)]
