"""Returns a list that contains itself."""
# verdict: wrong_answer, runtime_error


def answer(x):
    circle = []
    circle.append({"circle": circle, "tuple": (circle,)})
    return circle
