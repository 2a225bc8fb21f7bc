"""Sends a reply of its own whose integers, shapes and flags are none that a box would send."""
# verdict: runtime_error

import json
import os
import struct
import sys

import numpy as np

REPLIES = 3
HUGE = 10**4000


def send(tree, arrays, body=b""):
    header = json.dumps({"kind": "reply", "arrays": arrays, "tree": tree}).encode()
    os.write(REPLIES, struct.pack("<4sIQ", b"jdg1", len(header), len(body)) + header + body)


def answer(x):
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    reply = {
        "nonce": frame.f_locals["request"].nonce,
        "value": HUGE,
        "type_name": "int",
        "raised": None,
        "observed": [],
        "extra_values": {"{": []},
        "facts": {"{": []},
    }
    send({"{": [[name, value] for name, value in reply.items()]}, [])
    send(None, [["float32", [0, 1 << 62, 1 << 62]]])
    send(None, [["bool", [2]]], b"\x02\xff")
    return np.asarray(x)
