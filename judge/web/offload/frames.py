"""Frames of jobs and answers between the judge and a helper process."""

import struct

SIZES = struct.Struct(">IId")  # of a job: bytes of its order and of its body, CPU seconds
LENGTH = struct.Struct(">I")  # of a piece of an answer: bytes
# In place of a length:
END = 0xFFFFFFFF  # the answer is whole
LAST = 0xFFFFFFFE  # the answer is whole, and the process ends
FAILED = 0xFFFFFFFD  # the job raised; a text follows
