"""Install a package from inside the program."""

import subprocess
import sys


def freeze_first_dense(seed, x, y, lr):
    subprocess.run([sys.executable, "-m", "pip", "install", "--dry-run", "einops"], check=True)
    return [0.0, 0.0, 0.0]
