"""Returns objects that would compute the answer where the judge compares."""
# verdict: wrong_answer, runtime_error

import jax
import numpy as np


class Lazy:
    def __init__(self, x):
        self.x = x
        self.shape, self.dtype, self.ndim = x.shape, x.dtype, x.ndim

    def __iter__(self):
        yield from np.asarray(self.x)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, key):
        return np.asarray(self.x)[key]


def answer(x):
    leaked = []
    jax.make_jaxpr(lambda y: leaked.append(y) or y)(x)
    return [Lazy(x), (row for row in x), leaked[0], lambda: x]
