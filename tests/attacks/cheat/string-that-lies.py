"""Returns text that shows another face to whoever cuts or encodes it."""
# verdict: wrong_answer, runtime_error


class Text(str):
    def __getitem__(self, key):
        return b"bytes"

    def __str__(self):
        return self

    def encode(self, *_):
        return 3

    def __len__(self):
        return -1


def answer(x):
    return {Text("accepted"): Text("accepted")}
