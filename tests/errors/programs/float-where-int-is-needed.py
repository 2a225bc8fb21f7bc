"""Loop over `range` of a float."""


def freeze_first_dense(seed, x, y, lr):
    total = 0.0
    for _ in range(x.shape[0] / 2):
        total += lr
    return [total, 0.0, 0.0]
