"""Never reads what it is asked next, so that the judge's own writing might block."""
# verdict: time_limit_exceeded

import time

time.sleep(1000)


def exhaust(x):
    return x
