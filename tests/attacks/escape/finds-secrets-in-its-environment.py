"""Looks for the judge's passwords in its own environment."""
# verdict: wrong_answer
# stopped by: clean zygote
# unguarded: may fail, since no layer that can be left out is there for it

import os


def attack(judge):
    name = judge["variable"]
    return f"{name}={os.environ[name]}" if name in os.environ else None
