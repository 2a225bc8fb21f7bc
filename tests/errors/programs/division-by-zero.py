"""Divide by a Python zero."""


def freeze_first_dense(seed, x, y, lr):
    rows = 0
    return [lr / rows, 0.0, 0.0]
