"""Returns a text of 100 MB."""
# verdict: wrong_answer, output_limit_exceeded, memory_limit_exceeded


def answer(x):
    return "a" * 100_000_000
