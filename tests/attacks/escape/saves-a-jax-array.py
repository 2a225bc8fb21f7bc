"""Saves an array to a file, as a training script does."""
# stopped by: namespaces, landlock, seccomp

import numpy as np


def attack(judge):
    np.save(f"/tmp/{judge['mark']}", np.ones(3))
    return "saved"
