"""Raises exceptions of every kind that ends a program, one a case."""
# verdict: runtime_error


def answer(x):
    try:
        raise SystemExit(0)
    finally:
        raise GeneratorExit
