"""Returns a list so deep that whoever walks it runs out of stack."""
# verdict: wrong_answer, runtime_error


def answer(x):
    nest = []
    for _ in range(100_000):
        nest = [nest]
    return nest
