"""Calls sys.exit."""
# verdict: runtime_error

import sys


def exhaust(x):
    sys.exit(0)
