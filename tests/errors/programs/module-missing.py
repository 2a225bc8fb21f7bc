"""Import a package that is not installed."""

import torch


def freeze_first_dense(seed, x, y, lr):
    return [float(torch.tensor(lr)), 0.0, 0.0]
