"""Take the root of a negative number with `math`."""

import math


def freeze_first_dense(seed, x, y, lr):
    return [math.sqrt(-lr), 0.0, 0.0]
