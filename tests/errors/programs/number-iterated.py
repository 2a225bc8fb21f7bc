"""Loop over a single number."""


def freeze_first_dense(seed, x, y, lr):
    return [2 * total for total in lr]
