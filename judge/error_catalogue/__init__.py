"""Explain errors of JAX, Flax, Optax, NumPy and Python in plain English: what happened, and what to change.

recognise.py       the exception's type name, message and source line -> the first entry that matches
entries.py         tables of entries, checked and compiled
catalogue.toml     the judge's own entries; a problem may bring more of the same shape
"""

from judge.error_catalogue.entries import Entry, entries_of
from judge.error_catalogue.recognise import ErrorHint, own_entries, recognise

__all__ = ["Entry", "ErrorHint", "entries_of", "own_entries", "recognise"]
