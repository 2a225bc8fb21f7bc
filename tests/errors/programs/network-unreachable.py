"""Download data from the internet."""

import urllib.request


def freeze_first_dense(seed, x, y, lr):
    with urllib.request.urlopen("https://example.org/weights.csv", timeout=5) as page:
        return [float(len(page.read())), 0.0, 0.0]
