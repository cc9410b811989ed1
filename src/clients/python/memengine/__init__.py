"""The client of a MemoryEngine pool that ``memengine serve`` owns, over its Unix socket.

``Client`` blocks, ``AsyncClient`` is for asyncio; both have a method for each of the protocol's (docs/protocol.md), with its names.
Results are the protocol's maps as dicts, vectors as ``array('f')``. What goes wrong is a ``MemoryEngineError`` with a code.

A connection that broke is made anew, and what does no harm twice is asked again: reading, forgetting, restoring, and remembering (a
memory without an id and an idempotency key gets its id here, so that twice is once).
"""

from ._aio import AsyncClient
from ._client import Client
from .errors import Conflict, DeadlineExceeded, InvalidArgument, MemoryEngineError, NotFound, Unavailable
from .types import Change, Content, Memory, Recall, Recalled, Remembered, Snapshot, Verdict

__all__ = [
    "AsyncClient", "Change", "Client", "Conflict", "Content", "DeadlineExceeded", "InvalidArgument", "Memory", "MemoryEngineError",
    "NotFound", "Recall", "Recalled", "Remembered", "Snapshot", "Unavailable", "Verdict",
]
