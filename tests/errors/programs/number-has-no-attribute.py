"""Ask a plain number for its shape."""


def freeze_first_dense(seed, x, y, lr):
    return [float(len(lr.shape)), 0.0, 0.0]
