import numpy as np

# Rows, inputs and outputs; learning rate; number of steps.
SAMPLES = (((8, 3, 2), 0.05, 3), ((6, 5, 1), 0.1, 2), ((16, 1, 3), 0.02, 5))
HIDDEN = (((8, 3, 2), 0.1, 4), ((32, 6, 4), 0.05, 3), ((6, 5, 1), 0.02, 6), ((16, 1, 3), 0.1, 2), ((32, 6, 4), 0.1, 5))


def cases(rng):
    for (rows, inputs, outputs), lr, steps in SAMPLES + HIDDEN:
        half = rng.uniform(0.5, 1.5, size=(rows // 2, inputs)) * rng.choice([-1.0, 1.0], size=(rows // 2, inputs))
        # Rows in pairs of opposite directions: whatever a unit's weights, one of the two switches it on.
        x = rng.permutation(np.concatenate([half, -half * rng.uniform(0.9, 1.1, size=(rows // 2, 1))]))
        y = rng.normal(size=(rows, outputs)) + rng.choice([-1.5, 1.5], size=outputs)
        seed = float(rng.integers(1, 10_000))
        yield {"seed": seed, "x": x.astype(np.float32), "y": y.astype(np.float32), "lr": lr, "steps": steps}
