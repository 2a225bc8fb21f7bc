import numpy as np

SAMPLES = (((8, 3, 2), 0.1, "l1"), ((6, 5, 1), 0.5, "head"), ((8, 3, 2), 0.1, "head.l1"))
HIDDEN = (
    ((6, 5, 1), 0.1, "l1"),
    ((8, 3, 2), 0.5, "l11"),
    ((16, 2, 3), 0.1, "l1.bias"),
    ((16, 2, 3), 0.5, "l1"),
    ((6, 5, 1), 0.1, "l10"),
    ((8, 3, 2), 0.1, "head.l2.kernel"),
)


def cases(rng):
    for (rows, inputs, outputs), lr, prefix in SAMPLES + HIDDEN:
        x = rng.normal(size=(rows, inputs))
        y = rng.normal(size=(rows, outputs)) + rng.choice([-1.5, 1.5], size=outputs)
        seed = float(rng.integers(1, 10_000))
        yield {"seed": seed, "x": x.astype(np.float32), "y": y.astype(np.float32), "lr": lr, "prefix": prefix}
