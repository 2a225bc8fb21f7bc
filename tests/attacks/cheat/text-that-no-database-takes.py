"""Sends text that is no text: halves of characters, zeros and commands to a terminal."""
# verdict: runtime_error

import sys


class Odd(Exception):
    pass


Odd.__name__ = "Odd\ud800\x1b[31m"


def answer(x):
    sys.stdout.write("zero \x00 bell \x07 red \x1b[31m half \ud800\n")
    sys.stdout.buffer.write(b"\xff\xfe\x00\xed\xa0\x80\n")
    raise Odd("half \ud800 zero \x00 red \x1b[31m turned \u202e")
