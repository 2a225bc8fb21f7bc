"""Frames between the judge and a box: a JSON header and raw arrays, every size checked before it is used.

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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np

try:
    from . import budget
except ImportError:  # run as a script without this package: see judge/bench/plain_process.py
    import budget  # type: ignore[import-not-found, no-redef]

MAGIC = b"jdg1"
PREFIX = struct.Struct("<4sIQ")
MAX_HEADER_BYTES = 4 * 1024 * 1024
MAX_CONTROL_BYTES = 64 * 1024  # of a short message: see Budget.of_control
MAX_TEXT = 8 * 1024  # characters of one string
_KIND = re.compile(rb'\s?\{\s?"kind"\s?:\s?"([a-z]{1,16})"')  # how `encode` begins every header
_NO_TEXT = re.compile("[\ud800-\udfff\\x00]")  # halves of characters, and zeros: no file and no database takes them
_NARROW = {name: np.dtype(each) for name, each in vars(ml_dtypes).items() if isinstance(each, type)}
DTYPES: Mapping[str, np.dtype[Any]] = {
    name: np.dtype(name)
    for name in "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
    "float16 float32 float64 complex64 complex128".split()
} | {name: each for name, each in _NARROW.items() if each.name == name}


BadFrame = budget.BadFrame


class Missing(tuple[str, str]):
    """Replaces an object that can't be sent: (type name, reason)."""

    __slots__ = ()


JsonTree: TypeAlias = "bool | int | float | str | list[JsonTree] | dict[str, JsonTree] | None"
Tree: TypeAlias = (
    "bool | int | float | complex | str | np.ndarray | Missing | list[Tree] | tuple[Tree, ...] | dict[str, Tree] | None"
)


class _Packing:
    """One tree on its way into a header: its arrays so far, and the rest of its budget."""

    def __init__(self, left: budget.Budget) -> None:
        self.arrays: list[np.ndarray] = []
        self._left = left

    def pack(self, value: Any, depth: int) -> JsonTree:
        """Return `value`, found `depth` containers down, as JSON. Raises BadFrame, OverBudget."""
        self._left.entry(depth)
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            return value if _fits(value) else _INT_TOO_LARGE
        if isinstance(value, str):
            return value[:MAX_TEXT]
        if isinstance(value, list):
            return [self.pack(item, depth + 1) for item in value]
        if isinstance(value, np.ndarray) and value.dtype.name not in DTYPES:
            value = Missing(("ndarray", f"dtype {value.dtype.name[:40]}"))
        codec = _BY_TYPE.get(type(value)) or next((each for each in _CODECS if isinstance(value, each.type)), None)
        if codec is None:
            raise BadFrame(f"can't send {type(value).__name__}")
        return {codec.tag: codec.pack(self, value, depth)}


class _Unpacking:
    """One header on its way back into a tree: the arrays of its frame, and the rest of its budget."""

    def __init__(self, arrays: list[np.ndarray], left: budget.Budget) -> None:
        self.arrays = arrays
        self.left = left

    def unpack(self, tree: JsonTree, depth: int) -> Tree:
        """Return the value that `tree`, found `depth` containers down, encodes. Raises BadFrame, OverBudget."""
        self.left.entry(depth)
        if isinstance(tree, list):
            return [self.unpack(item, depth + 1) for item in tree]
        if isinstance(tree, str):
            return self.text(tree)
        if isinstance(tree, int) and not _fits(tree):
            raise BadFrame("an integer of more than 64 bits")
        if not isinstance(tree, dict):
            return tree
        ((tag, content),) = tree.items()
        if tag not in _BY_TAG:
            raise BadFrame("an unknown tag")
        return _BY_TAG[tag].unpack(self, content, depth)

    def text(self, value: JsonTree, most: int = MAX_TEXT) -> str:
        """Return at most `most` characters of a string, which are spent."""
        if not isinstance(value, str):
            raise BadFrame("expected a string")
        self.left.text(min(len(value), most))
        return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", value[:most])

    def name(self, value: JsonTree) -> str:
        """Return a mapping's key, cut, which is spent."""
        self.left.name(0)
        return self.text(value, budget.NAME_CHARACTERS)

    def array(self, index: Any) -> np.ndarray:
        """Return the array of that number."""
        if type(index) is not int or index < 0:
            raise BadFrame("no such array")
        self.left.array(self.arrays[index].shape)  # each time it is named: each name may become a copy
        return self.arrays[index]


@dataclass(frozen=True, kw_only=True)
class _Codec:
    """One type that JSON lacks: how it becomes the content of an object with the key `tag`, and comes back.

    `content` of a frame may be anything: whatever it does to `unpack`, `decode` makes a BadFrame of it.
    """

    tag: str
    type: type
    pack: Callable[[_Packing, Any, int], JsonTree]
    unpack: Callable[[_Unpacking, Any, int], Tree]


def _pack_array(packing: _Packing, value: np.ndarray, _: int) -> JsonTree:
    packing.arrays.append(value)
    return len(packing.arrays) - 1


def _pack_dict(packing: _Packing, value: dict[Any, Any], depth: int) -> JsonTree:
    return [[str(key)[: budget.NAME_CHARACTERS], packing.pack(item, depth + 1)] for key, item in value.items()]


def _unpack_complex(_: _Unpacking, content: Any, __: int) -> complex:
    real, imaginary = content
    return complex(float(real), float(imaginary))


def _unpack_missing(unpacking: _Unpacking, content: Any, _: int) -> Missing:
    name, reason = content
    return Missing((unpacking.text(name), unpacking.text(reason)))


_CODECS = (
    _Codec(
        tag="#",
        type=np.ndarray,
        pack=_pack_array,
        unpack=lambda unpacking, content, _: unpacking.array(content),
    ),
    _Codec(
        tag="{",
        type=dict,
        pack=_pack_dict,
        unpack=lambda unpacking, content, depth: {
            unpacking.name(key): unpacking.unpack(item, depth + 1) for key, item in content
        },
    ),
    _Codec(
        tag="!",  # before tuples, since it is one
        type=Missing,
        pack=lambda _, value, __: [value[0][:200], value[1][:200]],
        unpack=_unpack_missing,
    ),
    _Codec(
        tag="(",
        type=tuple,
        pack=lambda packing, value, depth: [packing.pack(item, depth + 1) for item in value],
        unpack=lambda unpacking, content, depth: tuple(unpacking.unpack(item, depth + 1) for item in content),
    ),
    _Codec(
        tag="c",
        type=complex,
        pack=lambda _, value, __: [value.real, value.imag],
        unpack=_unpack_complex,
    ),
)
_BY_TYPE: Mapping[type, _Codec] = {codec.type: codec for codec in _CODECS}
_BY_TAG: Mapping[str, _Codec] = {codec.tag: codec for codec in _CODECS}
_INT_TOO_LARGE: JsonTree = {"!": ["int", "more than 64 bits"]}


def _fits(value: int) -> bool:
    return -(2**63) <= value < 2**64


def encode(kind: str, tree: Any) -> bytes:
    """Return one frame. `tree` holds None, bool, int, float, complex, str, np.ndarray, list, tuple, dict and Missing.

    Raises BadFrame for anything else, OverBudget for more than `budget.of_judge()` takes.
    """
    packing = _Packing(budget.of_judge())
    header = {"kind": kind, "tree": packing.pack(tree, 0)}
    header["arrays"] = [[array.dtype.name, list(array.shape)] for array in packing.arrays]
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    body = [array.tobytes() for array in packing.arrays]
    return b"".join([PREFIX.pack(MAGIC, len(text), sum(map(len, body))), text, *body])


def sizes(prefix: bytes, limit: int) -> tuple[int, int]:
    """Return the lengths (header, body) in bytes that a frame's first 16 bytes announce.

    Raises BadFrame for another protocol, OverBudget for more than `limit` bytes in all.
    """
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise BadFrame("not a frame")
    if header > MAX_HEADER_BYTES or header + body > limit:
        raise budget.OverBudget("a result is larger than the limit")  # how much larger is the sender's to choose
    return header, body


def kind_of(header: bytes) -> str:
    """Return the kind of a frame whose header `encode` made, without reading the rest; "" for any other header."""
    found = _KIND.match(header)
    return found[1].decode() if found else ""


def decode(header: bytes, body: bytes, left: budget.Budget | None = None) -> tuple[str, Tree]:
    """Return (kind, tree) of one frame whose sizes were checked; what it claims is spent from `left`.

    Without a budget the frame is one of the judge's own. Raises BadFrame for anything that is not in order, OverBudget.
    """
    left = left or budget.of_judge()
    try:
        parsed = json.loads(header)
        kind, tree, table = parsed["kind"], parsed["tree"], parsed["arrays"]
        if not isinstance(kind, str):
            raise BadFrame("kind is not a string")
        return kind, _Unpacking(list(_arrays(table, body, left)), left).unpack(tree, 0)
    except BadFrame:
        raise
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError) as error:
        raise BadFrame(f"not a frame: {type(error).__name__}") from error


def _arrays(table: Any, body: bytes, left: budget.Budget) -> Iterator[np.ndarray]:
    offset = 0
    for name, shape in table:
        if name not in DTYPES:
            raise BadFrame("an array of an unknown dtype")
        if not all(type(size) is int and size >= 0 for size in shape):
            raise BadFrame("an array of an impossible shape")
        left.array(shape)
        dtype = DTYPES[name]
        count = math.prod(shape)
        end = offset + count * dtype.itemsize
        if end > len(body):
            raise BadFrame("an array longer than its frame")
        if name == "bool" and max(body[offset:end], default=0) > 1:
            raise BadFrame("bool array holds a byte other than 0 or 1")  # NumPy would take it for both
        yield np.frombuffer(body, dtype, count, offset).reshape(shape) if count else np.empty(shape, dtype)
        offset = end
    if offset != len(body):
        raise BadFrame("bytes that belong to no array")


class FrameReader:
    """Takes bytes as they come and gives whole frames; holds at most `limit` bytes and one frame's prefix."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._buffer = bytearray()

    def frames(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield (header, body) of each frame that `data` completes, not read any further.

        Raises BadFrame or OverBudget at the first byte that can't belong to one.
        """
        self._buffer += data
        while len(self._buffer) >= PREFIX.size:
            header, body = sizes(bytes(self._buffer[: PREFIX.size]), self.limit)
            start, end = PREFIX.size + header, PREFIX.size + header + body
            if len(self._buffer) < end:
                return
            with memoryview(self._buffer) as view:
                frame = bytes(view[PREFIX.size : start]), bytes(view[start:end])
            del self._buffer[:end]
            yield frame

    def feed(self, data: bytes) -> Iterator[tuple[str, Any]]:
        """Yield (kind, tree) of each of the judge's own frames that `data` completes. Raises BadFrame, OverBudget."""
        for header, body in self.frames(data):
            yield decode(header, body)
