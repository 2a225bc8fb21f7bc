"""Leave a part of the program to be written."""


def zero_frozen(grads):
    raise NotImplementedError


def freeze_first_dense(seed, x, y, lr):
    return [float(zero_frozen({"l1": lr})["l1"]), 0.0, 0.0]
