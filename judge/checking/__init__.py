"""What an author composes a problem's `check.py` from."""
