import numpy as np

# Rows, inputs and outputs: a single row, a single input, a single output, many rows. Few shapes, because each costs
# its compilation.
SAMPLES = (((8, 3, 2), 0.1), ((4, 5, 1), 1.0), ((16, 2, 3), 0.01))
HIDDEN = (
    ((1, 4, 2), 0.1),
    ((6, 1, 2), 1.0),
    ((64, 6, 5), 0.1),
    ((8, 3, 2), 0.01),
    ((4, 5, 1), 0.1),
    ((1, 4, 2), 1.0),
    ((64, 6, 5), 1.0),
    ((16, 2, 3), 0.1),
    ((6, 1, 2), 0.01),
)

# With one row, every hidden unit may be switched off by the relu; then no gradient reaches l1, and a leak can't be
# seen. These are the signs of one column of l1's first kernel (4 inputs) by seed: an input with them switches it on.
COLUMN_SIGNS = {
    348: (1, 1, -1, 1),
    1440: (1, 1, 1, 1),
    2490: (1, 1, -1, -1),
    2569: (-1, 1, -1, -1),
    2730: (1, -1, -1, -1),
    3116: (1, 1, 1, 1),
    4091: (1, 1, 1, -1),
    4231: (-1, -1, -1, -1),
    4724: (-1, -1, 1, -1),
    5111: (-1, 1, -1, 1),
    7541: (1, 1, 1, -1),
    8222: (-1, 1, -1, -1),
    8275: (1, -1, 1, -1),
    8685: (1, 1, -1, 1),
    9478: (1, -1, -1, -1),
    9493: (-1, 1, 1, 1),
}


def cases(rng):
    for (rows, inputs, outputs), lr in SAMPLES + HIDDEN:
        if rows == 1:
            seed = int(rng.choice(list(COLUMN_SIGNS)))
            x = np.array([COLUMN_SIGNS[seed]]) * rng.uniform(0.5, 2.0, size=(1, inputs))
        else:
            seed = int(rng.integers(0, 10_000))
            x = mirrored(rng, rows, inputs)
        y = rng.normal(size=(rows, outputs)) + rng.choice([-1.5, 1.5], size=outputs)
        yield {"seed": float(seed), "x": x.astype(np.float32), "y": y.astype(np.float32), "lr": lr}


def mirrored(rng, rows, inputs):
    """Rows in pairs of opposite directions: whatever a unit's weights, one of the two switches it on."""
    half = rng.uniform(0.5, 2.0, size=(rows // 2, inputs)) * rng.choice([-1.0, 1.0], size=(rows // 2, inputs))
    other = -half * rng.uniform(0.9, 1.1, size=(rows // 2, 1))
    return rng.permutation(np.concatenate([half, other]))
