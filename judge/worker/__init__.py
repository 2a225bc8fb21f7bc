"""The worker: takes a judging from the queue, grades it in a slot of its own, and stores the verdict."""
