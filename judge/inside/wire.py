"""Frames between the judge and a box: a JSON header and raw arrays, every size checked before it is believed.

    magic (4 bytes) | header length (u32) | body length (u64) | header, UTF-8 JSON | body, the arrays' bytes in order

The header is `{"kind": str, "arrays": [[dtype, shape], ...], "tree": tree}`. Trees are JSON; what JSON lacks is an
object with one key: `{"#": index of an array}`, `{"(": [tuple items]}`, `{"{": [[key, value], ...]}`,
`{"c": [real, imaginary]}`, `{"!": [type name, reason]}` for what could not be sent. Both sides use this module;
nothing is ever unpickled.
"""

import json
import math
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import ml_dtypes  # noqa: F401  (registers bfloat16 and its kind with NumPy)
import numpy as np

MAGIC = b"jdg1"
PREFIX = struct.Struct("<4sIQ")
MAX_HEADER_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 32  # deeper than any answer; a self-referencing list ends here
MAX_NODES = 50_000
MAX_TEXT = 8 * 1024  # characters of one string
MAX_DIMENSIONS = 16
_NO_TEXT = re.compile("[\ud800-\udfff\\x00]")  # halves of characters, and zeros: no file and no database takes them
DTYPES = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128 bfloat16 "
    "int1 int2 int4 uint1 uint2 uint4 float4_e2m1fn float6_e2m3fn float6_e3m2fn float8_e3m4 float8_e4m3 float8_e4m3fn "
    "float8_e4m3b11fnuz float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu".split()
)  # those narrower than a byte take one each


class BadFrame(ValueError):
    """What came is not a frame of this protocol, or is larger than was agreed."""


class Missing(tuple[str, str]):
    """Stands for an object that can't be sent: (type name, reason)."""

    __slots__ = ()


def encode(kind: str, tree: Any) -> bytes:
    """One frame. `tree` holds None, bool, int, float, complex, str, np.ndarray, list, tuple, dict and Missing.

    Raises BadFrame for anything else, for depth over 32 or over 50,000 nodes.
    """
    arrays: list[np.ndarray] = []
    header = {"kind": kind, "tree": _lower(tree, arrays, 0, [MAX_NODES])}
    header["arrays"] = [[array.dtype.name, list(array.shape)] for array in arrays]
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    body = [array.tobytes() for array in arrays]
    return b"".join([PREFIX.pack(MAGIC, len(text), sum(map(len, body))), text, *body])


def _lower(value: Any, arrays: list[np.ndarray], depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise BadFrame("nested too deep or too large")
    match value:
        case None | bool():
            return value
        case int():
            return value if -(2**63) <= value < 2**64 else {"!": ["int", "more than 64 bits"]}
        case float():
            return value
        case str():
            return value[:MAX_TEXT]
        case Missing():
            return {"!": [value[0][:200], value[1][:200]]}
        case np.ndarray():
            if value.dtype.name not in DTYPES:
                return {"!": ["ndarray", f"dtype {value.dtype.name[:40]}"]}
            arrays.append(value)
            return {"#": len(arrays) - 1}
        case complex():
            return {"c": [value.real, value.imag]}
        case list():
            return [_lower(item, arrays, depth + 1, budget) for item in value]
        case tuple():
            return {"(": [_lower(item, arrays, depth + 1, budget) for item in value]}
        case dict():
            return {
                "{": [[str(key)[:MAX_TEXT], _lower(item, arrays, depth + 1, budget)] for key, item in value.items()]
            }
        case _:
            raise BadFrame(f"can't send {type(value).__name__}")


def sizes(prefix: bytes, limit: int) -> tuple[int, int]:
    """Lengths (header, body) in bytes that a frame's first 16 bytes announce.

    Raises BadFrame for another protocol or for more than `limit` bytes in all.
    """
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise BadFrame("not a frame")
    if header > MAX_HEADER_BYTES or header + body > limit:
        raise BadFrame(f"a frame of {header + body} bytes; at most {limit} are taken")
    return header, body


def decode(header: bytes, body: bytes) -> tuple[str, Any]:
    """(kind, tree) of one frame whose sizes were checked. Raises BadFrame for anything that is not in order."""
    try:
        parsed = json.loads(header)
        kind, tree, table = parsed["kind"], parsed["tree"], parsed["arrays"]
        if not isinstance(kind, str):
            raise BadFrame("kind is no text")
        arrays = list(_arrays(table, body))
        return kind, _raise(tree, arrays, 0, [MAX_NODES])
    except BadFrame:
        raise
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError) as error:
        raise BadFrame(f"not a frame: {type(error).__name__}") from error


def _arrays(table: Any, body: bytes) -> Iterator[np.ndarray]:
    offset = 0
    for name, shape in table:
        if name not in DTYPES or len(shape) > MAX_DIMENSIONS:
            raise BadFrame("an array of no known kind")
        if not all(type(size) is int and size >= 0 for size in shape):
            raise BadFrame("an array of no possible shape")
        dtype = np.dtype(name)
        count = math.prod(shape)
        end = offset + count * dtype.itemsize
        if end > len(body):
            raise BadFrame("an array longer than its frame")
        if name == "bool" and max(body[offset:end], default=0) > 1:
            raise BadFrame("a truth that is neither 0 nor 1")  # NumPy would take it for both
        yield np.frombuffer(body, dtype, count, offset).reshape(shape) if count else np.empty(shape, dtype)
        offset = end
    if offset != len(body):
        raise BadFrame("bytes that belong to no array")


def _raise(tree: Any, arrays: list[np.ndarray], depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise BadFrame("nested too deep or too large")
    if isinstance(tree, list):
        return [_raise(item, arrays, depth + 1, budget) for item in tree]
    if isinstance(tree, str):
        return _text(tree)
    if isinstance(tree, int) and not -(2**63) <= tree < 2**64:
        raise BadFrame("an integer of more than 64 bits")
    if not isinstance(tree, dict):
        return tree
    ((tag, content),) = tree.items()
    match tag:
        case "#":
            if type(content) is not int or content < 0:
                raise BadFrame("no such array")
            return arrays[content]
        case "(":
            return tuple(_raise(item, arrays, depth + 1, budget) for item in content)
        case "{":
            return {_text(key): _raise(item, arrays, depth + 1, budget) for key, item in content}
        case "c":
            real, imaginary = content
            return complex(float(real), float(imaginary))
        case "!":
            name, reason = content
            return Missing((_text(name), _text(reason)))
        case _:
            raise BadFrame("an unknown tag")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadFrame("a key that is no text")
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", value[:MAX_TEXT])


class FrameReader:
    """Takes bytes as they come and gives whole frames; holds at most `limit` bytes and one frame's prefix."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[str, Any]]:
        """The frames that `data` completes. Raises BadFrame at the first byte that can't belong to one."""
        self._buffer += data
        while len(self._buffer) >= PREFIX.size:
            header, body = sizes(bytes(self._buffer[: PREFIX.size]), self.limit)
            end = PREFIX.size + header + body
            if len(self._buffer) < end:
                return
            start = PREFIX.size
            frame = decode(bytes(self._buffer[start : start + header]), bytes(self._buffer[start + header : end]))
            del self._buffer[:end]
            yield frame


def mapping(tree: Any) -> Mapping[str, Any]:
    """`tree`, which must be a dict. Raises BadFrame."""
    if not isinstance(tree, dict):
        raise BadFrame("not a mapping")
    return tree
