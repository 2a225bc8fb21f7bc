"""Index a list by a name."""


def freeze_first_dense(seed, x, y, lr):
    sizes = [x.shape[1], 4]
    return [float(sizes["l1"]), 0.0, 0.0]
