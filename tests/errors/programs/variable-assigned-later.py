"""Add to a global variable inside a function."""

total = 0.0


def add(loss):
    total += loss


def freeze_first_dense(seed, x, y, lr):
    add(lr)
    return [total, 0.0, 0.0]
