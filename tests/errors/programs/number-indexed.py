"""Index the learning rate."""


def freeze_first_dense(seed, x, y, lr):
    return [lr[0], 0.0, 0.0]
