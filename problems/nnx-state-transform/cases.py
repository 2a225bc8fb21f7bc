import numpy as np

SAMPLES = (((5, 3), 2.0, 0.75), ((1, 6), -1.5, 3.0), ((16, 2), 0.5, -2.0))
HIDDEN = (((5, 3), -0.25, 4.0), ((8, 1), 3.0, 1.25), ((1, 6), 0.5, 2.0), ((16, 2), -3.0, -0.5), ((8, 1), 2.0, -4.0))


def cases(rng):
    for (rows, inputs), scale, shift in SAMPLES + HIDDEN:
        x = rng.uniform(0.5, 2.0, size=(rows, inputs)) * rng.choice([-1.0, 1.0], size=(rows, inputs))
        seed = float(rng.integers(1, 10_000))
        yield {"seed": seed, "x": x.astype(np.float32), "scale": scale, "shift": shift}
