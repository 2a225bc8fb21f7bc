"""Index a list behind its end."""


def freeze_first_dense(seed, x, y, lr):
    sizes = [x.shape[1], 4]
    return [float(sizes[2]), 0.0, 0.0]
