"""Matches a regular expression that takes for ever, and holds the interpreter's lock meanwhile."""
# verdict: time_limit_exceeded

import re


def exhaust(x):
    return re.match(r"(a*)*b", "a" * 40)
