"""Look up a key that a dictionary does not have."""


def freeze_first_dense(seed, x, y, lr):
    sizes = {"l1": 4}
    return [float(sizes["l2"]), 0.0, 0.0]
