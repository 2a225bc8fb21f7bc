"""Stand-ins, in a fork of a hot zygote, for programs that are not loaded: a compile service compiles and runs them.

JAX traces and lowers as ever, and gets an object where it expects a loaded executable. Each run sends the arguments
out and takes the results in. What would differ from an executable of this process leaves the fast lane: callbacks,
effects, donated arguments, calls into native libraries, and any question about the executable itself.
"""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol

import numpy as np

from . import compile_cache

PRIVATE_NAMES = (
    "jax._src.config.no_execution",
    "jax._src.dispatch.needs_check_special",
    "jax._src.interpreters.mlir.module_to_bytecode",
    "jax._src.interpreters.pxla.InputsHandler",
    "jax._src.interpreters.pxla.UnloadedMeshExecutable.build_unsafe_call",
    "jax._src.interpreters.pxla.global_avals_to_results_handler",
    "jax._src.lib.xla_client.CompileOptions.SerializeAsString",
    "jax._src.lib.xla_client.batched_device_put",
    "jax._src.stages.Lowered.compile",
    "jaxlib.mlir.ir.SymbolTable",
    "jaxlib.mlir.ir.WalkResult",
)
DONATED = ("jax.buffer_donor", "tf.aliasing_output")
NATIVE = "stablehlo.custom_call"  # into a library that the service may not have registered, or into Python


class Service(Protocol):
    """The way to the compile service. Every method leaves the fast lane where the service fails."""

    def compile(self, name: str, key: str, program: bytes, options: bytes) -> int:
        """Have a program compiled, and return its number there."""
        ...

    def run(self, program: int, arguments: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Return what a compiled program gives."""
        ...


def use(service: Service, leave: Callable[[str], NoReturn]) -> None:
    """Compile with `service` from now on in this process, and `leave(name)` where a program has to run here."""
    from jax._src import stages
    from jax._src.interpreters import pxla

    aot = [0]
    compile_for_user, build = stages.Lowered.compile, pxla.UnloadedMeshExecutable.build_unsafe_call

    def compile_ahead(*arguments: Any, **keywords: Any) -> Any:
        aot[0] += 1  # its caller gets the executable, and may ask it anything
        try:
            return compile_for_user(*arguments, **keywords)
        finally:
            aot[0] -= 1

    def build_call(unloaded: Any) -> Any:
        remote = unloaded.xla_executable
        return _Call(remote, unloaded) if isinstance(remote, RemoteProgram) else build(unloaded)

    def compile_elsewhere(name: str, key: str, module: Any, devices: Any, options: Any, callbacks: Any) -> Any:
        if aot[0] or callbacks or len(devices) != 1 or not _is_plain(module):
            leave(name)
        return RemoteProgram(service, leave, name, key, module, options, devices)

    stages.Lowered.compile = compile_ahead
    pxla.UnloadedMeshExecutable.build_unsafe_call = build_call
    compile_cache.elsewhere = compile_elsewhere


class RemoteProgram:
    """Stands where JAX expects a loaded executable. Whatever is asked of it that it can't answer leaves the lane."""

    def __init__(
        self,
        service: Service,
        leave: Callable[[str], NoReturn],
        name: str,
        key: str,
        module: Any,
        options: Any,
        devices: Any,
    ) -> None:
        from jax._src.interpreters import mlir

        self._leave, self._name, self._devices = leave, name, list(devices)
        self._outputs = len(_main(module).type.results)
        self._service = service
        self._number = service.compile(name, key, mlir.module_to_bytecode(module), options.SerializeAsString())

    def local_devices(self) -> list[Any]:
        """Return the devices that it was compiled for."""
        return self._devices

    def get_output_memory_kinds(self) -> list[list[str]]:
        """Return, in one list, the kind of memory of each output."""
        return [[self._devices[0].default_memory().kind] * self._outputs]

    def get_parameter_layouts(self) -> NoReturn:
        """Raise: JAX takes its own defaults then, which plain programs have."""
        raise NotImplementedError

    get_output_layouts = get_parameter_layouts

    def call(self, arguments: Sequence[Any]) -> list[Any]:
        """Return the results for these arrays, as arrays of this process."""
        import jax
        from jax._src.lib import xla_client

        device = self._devices[0]
        sharding = jax.sharding.SingleDeviceSharding(device)
        results = self._service.run(self._number, [np.asarray(each) for each in arguments])
        if len(results) != self._outputs:
            self._leave(self._name)
        avals = [jax.core.ShapedArray(each.shape, each.dtype) for each in results]
        return [
            xla_client.batched_device_put(aval, sharding, [each], [device], False)
            for aval, each in zip(avals, results, strict=True)
        ]

    def leave(self) -> NoReturn:
        """Leave the fast lane because of this program."""
        self._leave(self._name)

    def __getattr__(self, _name: str) -> NoReturn:
        self._leave(self._name)


class _Call:
    """Calls a remote program, in the place of jax._src.interpreters.pxla.ExecuteReplicated."""

    def __init__(self, remote: RemoteProgram, unloaded: Any) -> None:
        from jax._src.interpreters import pxla

        if unloaded.ordered_effects or unloaded.unordered_effects or unloaded.keepalive or unloaded.mut:
            remote.leave()
        self.name = unloaded.name
        self._remote = remote
        self._kept = unloaded.kept_var_idx
        self._inputs = pxla.InputsHandler(unloaded.input_shardings, unloaded.dispatch_in_layouts)
        self._handlers = pxla.global_avals_to_results_handler(
            unloaded.output_avals, unloaded.output_shardings, unloaded.committed
        ).handlers

    def __call__(self, *arguments: Any) -> list[Any]:
        from jax._src import config, dispatch

        if config.no_execution.value or dispatch.needs_check_special():
            self._remote.leave()
        results = self._remote.call(self._inputs([each for i, each in enumerate(arguments) if i in self._kept]))
        return [handle([each]) for handle, each in zip(self._handlers, results, strict=True)]


def _main(module: Any) -> Any:
    from jaxlib.mlir import ir

    return ir.SymbolTable(module.operation)["main"]


def _is_plain(module: Any) -> bool:
    """Return False for a program that takes its arguments' memory, or calls native code."""
    from jaxlib.mlir import ir

    native = []

    def look(operation: Any) -> Any:
        if operation.name == NATIVE:
            native.append(operation)
            return ir.WalkResult.INTERRUPT
        return ir.WalkResult.ADVANCE

    with module.context:
        module.operation.walk(look)
        attributes = _main(module).attributes
        taken = "arg_attrs" in attributes and any(name in each for each in attributes["arg_attrs"] for name in DONATED)
    return not native and not taken
