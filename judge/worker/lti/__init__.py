"""Requests of the judge to learning platforms: their keys, tokens for scores, and scores."""
