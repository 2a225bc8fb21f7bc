"""Returns a mapping that never stops giving items."""
# verdict: output_limit_exceeded, time_limit_exceeded, memory_limit_exceeded

import itertools
from collections.abc import Mapping


class Endless(Mapping):
    def __getitem__(self, key):
        return key

    def __iter__(self):
        return itertools.count()

    def __len__(self):
        return 1


def answer(x):
    return Endless()
