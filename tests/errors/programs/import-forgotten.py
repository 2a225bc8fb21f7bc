"""Use `np` without its import."""


def freeze_first_dense(seed, x, y, lr):
    return [float(np.mean(x)), 0.0, 0.0]
