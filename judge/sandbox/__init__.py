"""Boxes: where a submission runs, and nothing it does gets out."""

from judge.sandbox.box import Box, Ending, Job, Outcome, Reply, ReplyReader, WarmUp
from judge.sandbox.pool import Pool, PoolConfig

__all__ = ["Box", "Ending", "Job", "Outcome", "Pool", "PoolConfig", "Reply", "ReplyReader", "WarmUp"]
