"""The programs of a compile service: compiled or loaded from a pack, and run on arrays, without any tracing."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import compile_cache

PRIVATE_NAMES = (
    "jax._src.interpreters.mlir.make_ir_context",
    "jax._src.lib.xla_client.CompileOptions.ParseFromString",
    "jax._src.lib.xla_client.DeviceList",
    "jax._src.lib.xla_client.batched_device_put",
    "jaxlib._jax.Client.compile_and_load",
    "jaxlib._jax.Client.deserialize_executable",
    "jaxlib._jax.LoadedExecutable.execute_sharded",
    "jaxlib.mlir.ir.Module.parse",
)
_FIRST = b"""module @program {
  func.func public @main(%x: tensor<f32>) -> tensor<f32> {
    %y = stablehlo.add %x, %x : tensor<f32>
    return %y : tensor<f32>
  }
}"""


class ServedPrograms:
    """The programs of one job, by the number that their fork gave them."""

    def __init__(self) -> None:
        """Start the backend, and compile and run a first program: all that is slow the first time."""
        import jax
        from jax._src.lib import xla_client

        self._xla = xla_client
        self._device = jax.devices()[0]
        self._devices = xla_client.DeviceList((self._device,))
        self._sharding = jax.sharding.SingleDeviceSharding(self._device)
        self._programs: dict[int, Any] = {}
        self.compile(0, "", _FIRST, xla_client.CompileOptions().SerializeAsString())
        self.run(0, [np.ones((), np.float32)])

    def compile(self, number: int, key: str, program: bytes, options: bytes) -> None:
        """Compile `program`, MLIR bytecode, or load what a pack holds under `key`. Raises JaxRuntimeError."""
        client, parsed = self._device.client, self._xla.CompileOptions.ParseFromString(options)
        if stored := compile_cache.stored.get(key):
            loaded = client.deserialize_executable(stored, self._devices, parsed)
        else:
            module = self._parse(program)
            loaded = client.compile_and_load(module, executable_devices=self._devices, compile_options=parsed)
        self._programs[number] = loaded

    def run(self, number: int, arguments: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        """Return what a program gives for `arguments`. Raises KeyError, JaxRuntimeError."""
        arrays = [self._array(each) for each in arguments]
        results = self._programs[number].execute_sharded(arrays).disassemble_into_single_device_arrays()
        return tuple(np.asarray(each[0]) for each in results)

    def _parse(self, program: bytes) -> Any:
        from jax._src.interpreters import mlir
        from jaxlib.mlir import ir

        with mlir.make_ir_context():  # one for all: given bytes, XLA makes one for each, in 2 ms of 8
            return ir.Module.parse(program)

    def _array(self, value: np.ndarray) -> Any:
        import jax

        aval = jax.core.ShapedArray(value.shape, value.dtype)
        return self._xla.batched_device_put(aval, self._sharding, [value], [self._device], False)
