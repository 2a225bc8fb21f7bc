"""Names of the measurements beside a call, for the box that makes them and for the checks that ask for them."""

INPUTS_CHANGED = "inputs_changed"  # names of the parameters whose value was changed by the call
RNG_STREAMS = "rng_streams"  # stream name -> number of keys drawn from it
TRACES = "traces"  # number of functions that JAX traced in a second call with inputs of the same shapes
JIT = "jit"  # True where the call succeeds under jax.jit, else the reason why not
