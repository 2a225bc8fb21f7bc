"""This judge as a tool of learning platforms: its key, and theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from judge.store.store import Store
from judge.worker.lti.key_sets import KeySets
from judge.worker.lti.requests import new_client
from judge.worker.lti.tool_key import ToolKey


@dataclass(frozen=True, kw_only=True)
class LtiTool:
    """The keys and the clients that launches work with."""

    key: ToolKey
    key_sets: KeySets


@asynccontextmanager
async def lti_tool(store: Store) -> AsyncIterator[LtiTool]:
    """Yield the tool of a store; its connections are closed at the end."""
    async with new_client() as client:
        yield LtiTool(key=ToolKey(store), key_sets=KeySets(client))
