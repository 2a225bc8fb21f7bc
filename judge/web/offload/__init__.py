"""Helper processes for work that depends on a request's content and may take long; each job has a deadline.

pool.py       starts the processes when they are first needed, gives them jobs in turn, ends those that take too long
frames.py     how jobs and answers are framed
turns.py      the order of jobs: one of each client after another
__main__.py   the process: reads a job, runs a function of judge.web, writes its results; never imports JAX

Threads would not do: a regular expression, a JSON parser and a template all hold the interpreter's lock, and so the
event loop and the threads that watch boxes. A process can be bounded in time and memory, and ended.
"""
