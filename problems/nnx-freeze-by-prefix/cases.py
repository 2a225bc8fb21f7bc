import numpy as np

# Every case runs thirteen layers one operation at a time: few of them, and two shapes only.
SAMPLES = (((8, 3, 2), 0.1, "l1"), ((6, 5, 1), 0.05, "head.l1"))
HIDDEN = (((8, 3, 2), 0.1, "head"), ((6, 5, 1), 0.1, "l1.bias"), ((8, 3, 2), 0.05, "l1"), ((6, 5, 1), 0.1, "l10"))


def cases(rng):
    for (rows, inputs, outputs), lr, prefix in SAMPLES + HIDDEN:
        x = rng.normal(size=(rows, inputs))
        y = rng.normal(size=(rows, outputs)) + rng.choice([-1.5, 1.5], size=outputs)
        seed = float(rng.integers(1, 10_000))
        yield {"seed": seed, "x": x.astype(np.float32), "y": y.astype(np.float32), "lr": lr, "prefix": prefix}
