"""Returns an object that runs code where it is unpickled."""
# verdict: wrong_answer, runtime_error

import os


class Explodes:
    def __reduce__(self):
        return os.system, ("touch /tmp/judge-exploded",)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()


def answer(x):
    return [Explodes(), {"value": Explodes()}]
