"""Call an inner function before its variable is assigned."""


def freeze_first_dense(seed, x, y, lr):
    def scaled():
        return lr * factor

    result = scaled()
    factor = 2.0
    return [result, factor, 0.0]
