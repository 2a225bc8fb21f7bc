"""Starts threads until there are no more to be had."""
# verdict: runtime_error, memory_limit_exceeded

import threading
import time


def exhaust(x):
    threading.stack_size(65536)
    for _ in range(5000):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
