"""Ask for a number with `input`."""


def freeze_first_dense(seed, x, y, lr):
    steps = int(input("steps: "))
    return [float(steps), 0.0, 0.0]
