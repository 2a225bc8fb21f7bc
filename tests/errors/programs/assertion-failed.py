"""Assert something that is false."""


def freeze_first_dense(seed, x, y, lr):
    assert x.shape == y.shape
    return [0.0, 0.0, 0.0]
