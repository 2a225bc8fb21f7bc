"""Join text and a number."""


def freeze_first_dense(seed, x, y, lr):
    print("learning rate: " + lr)
    return [0.0, 0.0, 0.0]
