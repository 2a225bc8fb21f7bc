"""Boxes: where a submission runs, and nothing it does gets out."""
