"""Returns an integer of a hundred thousand digits, whose text takes a while."""
# verdict: wrong_answer, runtime_error


def answer(x):
    return 7**120_000
