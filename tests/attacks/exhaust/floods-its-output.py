"""Prints without end."""
# verdict: output_limit_exceeded


def exhaust(x):
    while True:
        print("x" * 100_000)
