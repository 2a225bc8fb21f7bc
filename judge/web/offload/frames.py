"""How jobs and answers are framed between the judge and a helper process."""

import struct

SIZES = struct.Struct(">IId")  # of a job: bytes of its order and of its body, CPU seconds
LENGTH = struct.Struct(">I")  # of a piece of an answer: bytes
END, FAILED = 0xFFFFFFFF, 0xFFFFFFFE  # in place of a length: the answer is whole; the job raised
