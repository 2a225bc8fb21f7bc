"""Compare a number with a value that was never set."""


def freeze_first_dense(seed, x, y, lr):
    best = None
    if lr < best:
        best = lr
    return [best, 0.0, 0.0]
