"""Returns a mapping whose keys and texts are no text."""
# verdict: wrong_answer, runtime_error


def answer(x):
    return {"half \ud800": "zero \x00", "\x00": ["\udfff", "\x1b[2J"]}
