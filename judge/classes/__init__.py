"""Classes: rules of assignments, and the gradebook that follows from submissions. Knows neither the store nor HTTP."""
