"""Where submissions and verdicts are kept, and the queue between them."""
