"""Keep compiled programs in memory, by JAX's own cache key, for everything in this process and its forks.

    pack (file) ──load──> stored: key -> serialized ──first use──> loaded: key -> executable ──fork──> every child

The same HLO under the same options has the same key, so a submission's own `jit`, traced anew, finds what the warm-up
compiled. Only trusted processes write packs; a child reads memory that its zygote filled: there is no cache to poison.
"""

import hashlib
import io
import threading
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

PRIVATE_NAMES = (
    "jax._src.cache_key._canonicalize_ir",
    "jax._src.compiler._cache_read",
    "jax._src.compiler._cache_write",
    "jax._src.compiler.backend_compile_and_load",
    "jax._src.lib.xla_client.DeviceList",
    "jaxlib._jax.Client.deserialize_executable",
    "jaxlib._jax.Client.serialize_executable",
    "jaxlib.mlir.ir.ArrayAttr",
    "jaxlib.mlir.ir.DictAttr",
    "jaxlib.mlir.ir.RankedTensorType",
    "jaxlib.mlir.ir.StringAttr",
    "jaxlib.mlir.ir.SymbolTable",
)
stored: dict[str, bytes] = {}
loaded: dict[str, Any] = {}
flags = ""  # of XLA, in this process: part of each program's key
shapes: dict[tuple[int, ...], None] | None = None  # of float32 arrays, where they are wanted: as they are met
elsewhere: Callable[..., Any] | None = None  # compiles a program for a fork that can't: see remote_programs.py
_trap: list[Callable[[str], NoReturn]] = []
_lookup = threading.local()  # `missing`: the key that this thread looked up last, and did not find


def apply() -> None:
    """Put this cache in the place of JAX's own on disk, for the life of this process and its forks."""
    from jax._src import cache_key, compiler

    canonical = cache_key._canonicalize_ir

    def nameless(module: Any, *arguments: Any) -> bytes:
        with module.context:
            if shapes is not None:
                shapes.update(dict.fromkeys(_shapes_of(module)))
            return bytes(canonical(_without_names(module.operation.clone()), *arguments))

    compile_program = compiler.backend_compile_and_load

    def compile_or_trap(backend: Any, module: Any, devices: Any, options: Any, callbacks: Any) -> Any:
        if not _trap:
            return compile_program(backend, module, devices, options, callbacks)
        key, _lookup.missing = getattr(_lookup, "missing", ""), ""
        name = str(module.operation.attributes["sym_name"]).strip('"')
        return elsewhere(name, key, module, devices, options, callbacks) if elsewhere else _trap[0](name)

    cache_key._canonicalize_ir = nameless
    compiler._cache_read = _read
    compiler._cache_write = _write
    compiler.backend_compile_and_load = compile_or_trap


def trap(leave: Callable[[str], NoReturn]) -> None:
    """Make this process `leave(name)` from now on at a program that is not loaded, unless it is compiled `elsewhere`.

    Compiling, and loading a serialized program too, waits for threads that did not come along through the fork.
    """
    _trap[:] = [leave]


def _without_names(module: Any) -> Any:
    """Return the module without its author's names: the same step under another name is the same program."""
    from jaxlib.mlir import ir

    module.attributes["sym_name"] = ir.StringAttr.get("program")
    for function in module.regions[0].blocks[0]:
        if "res_attrs" in function.attributes:
            results = [
                {each.name: each.attr for each in result if each.name != "jax.result_info"}
                for result in function.attributes["res_attrs"]
            ]
            function.attributes["res_attrs"] = ir.ArrayAttr.get([ir.DictAttr.get(each) for each in results])
    return module


def _shapes_of(module: Any) -> list[tuple[int, ...]]:
    from jaxlib.mlir import ir

    types = ir.SymbolTable(module.operation)["main"].type
    tensors = [ir.RankedTensorType(each) for each in (*types.inputs, *types.results)]
    return [tuple(each.shape) for each in tensors if str(each.element_type) == "f32"]


def _read(name: str, key: str, options: Any, backend: Any, devices: Any) -> tuple[Any, int | None]:
    key = _hash_of(key)
    if key in loaded:
        return loaded[key], 0
    if _trap and elsewhere is None:
        _trap[0](name)
    if _trap or key not in stored:
        _lookup.missing = key
        return None, None
    try:
        loaded[key] = backend.deserialize_executable(stored[key], devices, options)
    except Exception:  # another build's: compiled anew, like one that is missing
        _lookup.missing = key
        return None, None
    return loaded[key], 0


def _write(key: str, _seconds: float, _name: str, backend: Any, executable: Any, callbacks: Sequence[Any]) -> None:
    if not callbacks:  # those are of this process alone
        loaded[_hash_of(key)] = executable


def _hash_of(key: str) -> str:
    # The hash after the program's name is JAX's own, and knows only the flags of the environment.
    return f"{key.rsplit('-', 1)[-1]}-{hashlib.sha256(flags.encode()).hexdigest()[:8]}"


def forget() -> None:
    """Drop every program that this process was given; none of them is loaded yet."""
    stored.clear()


def unpack(data: bytes) -> None:
    """Add a pack's programs to the stored ones, all or none. Raises zipfile.BadZipFile, zlib.error."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        programs = {name: archive.read(name) for name in archive.namelist()}
    stored.update(programs)


def load_stored() -> Iterator[bool]:
    """Load the stored programs that are not loaded, each with its own options; yield True after each of them.

    The first pack's come first. It starts the backend.
    """
    import jax
    from jax._src.lib import xla_client

    device = jax.devices()[0]
    devices = xla_client.DeviceList((device,))
    for key in list(stored):
        if key not in loaded:
            try:
                loaded[key] = device.client.deserialize_executable(stored[key], devices)
            except Exception:  # another build's
                del stored[key]
            yield True


@contextmanager
def loading_ahead() -> Iterator[None]:
    """Load stored programs on a thread during the block, which traces and lowers what uses them meanwhile.

    Half of loading one is machine code of XLA's that needs no Python. Both may load the same one; either will do.
    """
    import jax

    jax.devices()  # starts the backend, before there is a second thread
    ended = threading.Event()

    def load() -> None:
        for _ in load_stored():
            if ended.is_set():
                return

    thread = threading.Thread(target=load, name="loader")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()  # this process forks, where no other thread may hold a lock


def pack(without: Collection[str] = ()) -> bytes:
    """Return every loaded program but those `without`, serialized, as one pack, in the order of their first use."""
    import jax

    backend = jax.devices()[0].client
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for key in (key for key in loaded if key not in without):
            archive.writestr(key, stored[key] if key in stored else backend.serialize_executable(loaded[key]))
    return buffer.getvalue()
