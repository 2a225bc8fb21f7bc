"""Put brackets behind `shape`."""


def freeze_first_dense(seed, x, y, lr):
    return [float(x.shape()[0]), 0.0, 0.0]
