"""Makes a program that repeats one public case on anybody's machine: `repro.py`, which needs JAX and Flax alone.

the submission's source
def _reproduce(entry):        compare.py and watch.py, word for word
    arguments = (...)         from the report: `Report.reproduction`
    expected = {...}
"""
