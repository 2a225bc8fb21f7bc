"""Real numbers among the dtypes that JAX has, and their conversion to float64."""

import ml_dtypes
import numpy as np

REAL_KINDS = "iuf"  # NumPy's letters for integers, unsigned integers and floats; bool and complex are not answers
# Real numbers that NumPy itself has no kind for: bfloat16, the float8, float6 and float4 kinds, int4, int2, uint4 ...
NARROW_REALS = frozenset(
    name
    for name, each in vars(ml_dtypes).items()
    if isinstance(each, type) and np.dtype(each).name == name and "complex" not in name
)


def is_real(array: np.ndarray) -> bool:
    """Return True if the dtype is one of integers or floats; booleans and complex numbers are not."""
    return array.dtype.name in NARROW_REALS or array.dtype.kind in REAL_KINDS


def as_float64(array: np.ndarray) -> np.ndarray:
    """Return a float64 array of the shape of `array`; NaN everywhere where its dtype is not one of real numbers."""
    if not is_real(array):
        return np.full(array.shape, np.nan)
    with np.errstate(all="ignore"):
        return array.astype(np.float64)
