"""Call a function from itself without an end."""


def descend(params, steps):
    return descend(params, steps - 1)


def freeze_first_dense(seed, x, y, lr):
    return [descend(lr, 3), 0.0, 0.0]
