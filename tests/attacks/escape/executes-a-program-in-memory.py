"""Becomes a program that no file holds."""
# stopped by: seccomp

import os
import sys

SCRIPT = b"#!/bin/sh\n: > "


def attack(judge):
    program = os.memfd_create("program", 0)
    os.write(program, SCRIPT + f"{judge['open_folder']}/{judge['mark']}\n".encode())
    os.execv(f"/proc/self/fd/{program}", [sys.executable])
