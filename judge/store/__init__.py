"""The store of submissions and verdicts, and the queue between them."""
