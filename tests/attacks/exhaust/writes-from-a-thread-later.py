"""Returns, and lets a thread write a file later."""
# verdict: wrong_answer

import threading
import time


def write():
    time.sleep(0.3)
    with open("/tmp/judge-late", "w"):
        pass


def exhaust(x):
    threading.Thread(target=write).start()
    return 0.0
