"""Multiply a list by a float."""


def freeze_first_dense(seed, x, y, lr):
    return [1.0, 2.0, 3.0] * lr
