"""The client of a MemoryEngine pool that ``memengine serve`` owns, over its Unix socket.

``Client`` blocks, ``AsyncClient`` is for asyncio; both have a method for each of the protocol's (docs/protocol.md), with its names.
Results are the protocol's maps as dicts, vectors as ``array('f')``. What goes wrong is a ``MemoryEngineError`` with a code.

A connection that broke is made anew, and what does no harm twice is asked again: reading, forgetting, restoring, and remembering (a
memory without an id and an idempotency key gets its id here, so that twice is once).
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import sys
import threading
import time
import uuid
from array import array
from typing import (
    TYPE_CHECKING, Any, AsyncIterator, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, TypedDict, Union,
)

import msgpack

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "AsyncClient", "Client", "Conflict", "DeadlineExceeded", "InvalidArgument", "MemoryEngineError", "NotFound", "Unavailable",
    "Change", "Memory", "Recall", "Recalled", "Remembered", "Verdict",
]

VERSION = 1
MESSAGE_BYTES = 16 << 20
Vector = Union[bytes, bytearray, memoryview, Sequence[float]]

# Errors ---------------------------------------------------------------------------------------------------------------


class MemoryEngineError(Exception):
    """What a call met. ``code`` is the protocol's number, ``name`` its name."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.code, self.name, self.message = code, name, message

    @property
    def retryable(self) -> bool:
        """Whether the same call, unchanged and after a pause, may succeed without anyone having repaired anything."""
        return self.code in _RETRYABLE


class InvalidArgument(MemoryEngineError, ValueError):
    """2xxx: a parameter is missing, of another type, or out of its bounds."""


class NotFound(MemoryEngineError, LookupError):
    """3001 and 3003: there is no such memory, version or snapshot, or it was removed for good."""


class Conflict(MemoryEngineError):
    """3002: someone else changed the memory, the name is taken, or the idempotency key stands for other content."""


class Unavailable(MemoryEngineError, ConnectionError):
    """4001 and 4004, and when nobody answers: the server is busy, closing or gone."""


class DeadlineExceeded(MemoryEngineError, TimeoutError):
    """4002: the deadline passed; a write may have happened."""


_RETRYABLE = frozenset({4001, 4002, 4004, 4005, 5002})
_CLASSES = {3001: NotFound, 3002: Conflict, 3003: NotFound, 4001: Unavailable, 4002: DeadlineExceeded, 4004: Unavailable}
_SHUTTING_DOWN = 4004


def _error(code: int, text: str) -> MemoryEngineError:
    name, found, message = text.partition(": ")
    kind = _CLASSES.get(code, InvalidArgument if code // 1000 == 2 else MemoryEngineError)
    return kind(code, name, message) if found else kind(code, "ERROR", text)


class _Gone(Exception):
    """The connection broke, or the server is closing; ``sent`` says whether a whole request may have reached it."""

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


# What goes in and what comes out; docs/protocol.md says what each field means -------------------------------------------


class Fields(TypedDict, total=False):
    format: str
    level: int
    domain: str
    task: str
    title: str
    key: str
    model: str
    contributor: str
    expires_us: int
    result: str
    requires: Mapping[str, str]
    tags: Sequence[str]
    source: str
    license: str
    vectors: Mapping[str, Vector]
    extra: str
    idempotency_key: str


class FieldsWithId(Fields, total=False):
    id: Union[str, uuid.UUID]


class Content(FieldsWithId, total=False):
    text: str


class Memory(Content, total=False):
    version: int
    state: str
    created_us: int
    is_current: bool
    record: int


class Remembered(TypedDict, total=False):
    id: str
    version: int
    outcome: str
    sequence: int
    note: str


class Scores(TypedDict, total=False):
    vector: float
    bm25: float
    fused: float
    vector_rank: int
    bm25_rank: int


class Recalled(Memory, total=False):
    scores: Scores
    verdict: str
    reasons: List[str]
    details: Dict[str, str]


class Recall(TypedDict, total=False):
    mode: str
    memories: List[Recalled]
    left_out: List[Recalled]
    considered: int
    sequence: int
    notes: List[str]
    plan: List[Dict[str, Any]]
    micros: Dict[str, int]


class Verdict(TypedDict, total=False):
    id: str
    version: int
    verdict: str
    reasons: List[str]
    details: Dict[str, str]
    specificity: Dict[str, float]


class Snapshot(TypedDict):
    name: str
    sequence: int
    created_us: int
    memories: int


class Change(TypedDict, total=False):
    sequence: int
    kind: str
    id: str
    version: int


class RecallOptions(TypedDict, total=False):
    domain: str
    k: int
    mode: str
    scenario: str
    level: Union[int, Sequence[int]]
    format: str
    model: str
    tag: str
    language: str
    within_domain: str
    exclude_domain: str
    context: Mapping[str, str]
    pins: Sequence[Mapping[str, Any]]
    min_score: float
    by_effect: bool
    diversity: float
    exploration: float
    space: str
    vector: Vector
    vectors: Sequence[Mapping[str, Any]]
    text_weight: float
    as_of: str
    explain: bool
    deadline_ms: int


# What methods take, so that a misspelt name is refused and not passed over; and which of them do no harm twice.
_CONTENT = frozenset(Content.__annotations__)
_TAKES: Dict[str, frozenset] = {
    "memory.ping": frozenset(),
    "memory.remember": _CONTENT,
    "memory.remember_many": frozenset({"memories"}),
    "memory.revise": _CONTENT | {"expected_version"},
    "memory.recall": frozenset(RecallOptions.__annotations__) | {"query"},
    "memory.verify": frozenset({"ids", "domain", "mode", "context"}),
    "memory.get": frozenset({"id", "version", "as_of"}),
    "memory.history": frozenset({"id", "as_of"}),
    "memory.forget": frozenset({"id"}),
    "memory.restore": frozenset({"id"}),
    "memory.list": frozenset({"domain", "level", "state", "limit", "after", "as_of"}),
    "memory.stats": frozenset({"as_of"}),
    "memory.check": frozenset(),
    "memory.compact": frozenset({"keep_versions_us"}),
    "memory.maintain": frozenset(),
    "memory.backup": frozenset({"path"}),
    "memory.snapshot.create": frozenset({"name"}),
    "memory.snapshot.list": frozenset(),
    "memory.snapshot.drop": frozenset({"name"}),
    "memory.snapshot.diff": frozenset({"earlier", "later"}),
    "memory.snapshot.rollback": frozenset({"name"}),
    "memory.subscribe": frozenset({"after"}),
}
_ONCE = frozenset({
    "memory.compact", "memory.maintain", "memory.backup", "memory.snapshot.create", "memory.snapshot.drop", "memory.snapshot.rollback",
})


def _uuid7() -> str:
    milliseconds, noise = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big")
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | (noise >> 68 & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1))


def _float32(value: Vector) -> bytes:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    view = memoryview(value) if not isinstance(value, (list, tuple)) else None
    if view is not None and view.format == "f" and sys.byteorder == "little":
        return view.tobytes()
    numbers = array("f", value)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _floats(value: bytes) -> "array[float]":
    numbers = array("f", value)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _content(given: Mapping[str, Any]) -> Dict[str, Any]:
    unknown = given.keys() - _CONTENT
    if unknown:
        raise TypeError(f"a memory has no field {sorted(unknown)[0]!r}")
    content = {name: value for name, value in given.items() if value is not None}
    if "vectors" in content:
        content["vectors"] = {space: _float32(vector) for space, vector in content["vectors"].items()}
    if "id" in content:
        content["id"] = str(content["id"])
    return content


def _params(method: str, given: Mapping[str, Any], deadline_ms: Optional[int]) -> Tuple[Dict[str, Any], bool]:
    """The map of a request, and whether its ids were made here."""
    params = {name: value for name, value in given.items() if value is not None}
    unknown = params.keys() - _TAKES[method] - {"deadline_ms"}
    if unknown:
        raise TypeError(f"{method} takes no {sorted(unknown)[0]!r}")
    made = False
    if method in ("memory.remember", "memory.revise"):
        params.update(_content({name: value for name, value in params.items() if name in _CONTENT}))
        made = "id" not in params and "idempotency_key" not in params
        if made:
            params["id"] = _uuid7()
    elif method == "memory.remember_many":
        params["memories"] = memories = [_content(memory) for memory in params["memories"]]
        made = [memory for memory in memories if "id" not in memory and "idempotency_key" not in memory]
        for memory in made:
            memory["id"] = _uuid7()
        made = bool(made)
    elif method == "memory.recall":
        if "vector" in params:
            params["vector"] = _float32(params["vector"])
        if "vectors" in params:
            params["vectors"] = [{**v, "vector": _float32(v["vector"])} for v in params["vectors"]]
        if "pins" in params:
            params["pins"] = [{**p, "id": str(p["id"])} for p in params["pins"]]
    elif method == "memory.verify":
        params["ids"] = [str(i) for i in params["ids"]]
    elif "id" in params:
        params["id"] = str(params["id"])
    if deadline_ms is not None:
        params.setdefault("deadline_ms", deadline_ms)
    return params, made


def _repeatable(method: str, params: Mapping[str, Any]) -> bool:
    if method == "memory.revise":
        return "expected_version" not in params or "idempotency_key" in params
    return method not in _ONCE


def _result(method: str, result: Dict[str, Any], made: bool) -> Any:
    if method in ("memory.get", "memory.history", "memory.list"):
        for memory in [result] if method == "memory.get" else result["versions" if method == "memory.history" else "memories"]:
            if "vectors" in memory:
                memory["vectors"] = {space: _floats(vector) for space, vector in memory["vectors"].items()}
    elif made:
        # An id that was made for this call is in the pool already only if the call was repeated.
        for one in result["results"] if method == "memory.remember_many" else [result]:
            if one["outcome"] == "unchanged":
                one["outcome"] = "added"
    return result


def _request(number: int, method: str, params: Mapping[str, Any]) -> bytes:
    message = msgpack.packb([0, number, method, [params]], use_bin_type=True)
    if len(message) > MESSAGE_BYTES:
        raise InvalidArgument(2001, "INVALID_ARGUMENT", f"The request takes {len(message)} bytes; {MESSAGE_BYTES} are allowed.")
    return message


def _unpacker() -> msgpack.Unpacker:
    return msgpack.Unpacker(raw=False, strict_map_key=False, max_buffer_size=2 * MESSAGE_BYTES)


def _address(pool: Union[str, "os.PathLike[str]"]) -> str:
    """A socket's path, or that of the server that owns a pool's directory."""
    path = os.fspath(pool)
    if not os.path.isdir(path):
        return path
    try:
        with open(os.path.join(path, "LOCK"), encoding="utf-8-sig") as lock:
            pipe = json.load(lock).get("Pipe")
    except (OSError, ValueError):
        pipe = None
    if not pipe:
        raise Unavailable(4004, "SHUTTING_DOWN", f"Nobody serves the pool {path}. Start 'memengine serve --pool {path}'.")
    return str(pipe)


def _pauses(seconds: float) -> Iterator[float]:
    end, pause = time.monotonic() + seconds, 0.01
    while time.monotonic() + pause < end:
        yield pause
        pause = min(2 * pause, 0.5)


def _hello(client: str, token: Optional[str]) -> Dict[str, Any]:
    hello: Dict[str, Any] = {"proto": [VERSION, VERSION], "client": client}
    return hello if token is None else {**hello, "token": token}


def _unavailable(address: str, gone: _Gone, sent: bool) -> Unavailable:
    may = " What was asked for may have happened." if sent else ""
    return Unavailable(4004, "SHUTTING_DOWN", f"The pool's server at {address} is gone: {gone}.{may}")


# The blocking client --------------------------------------------------------------------------------------------------


class _Connection:
    def __init__(self, address: str, client: str, token: Optional[str], timeout: Optional[float]) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._unpacker, self._last = _unpacker(), 0
        self._closing = ""
        self.notices: List[Change] = []
        try:
            self._socket.settimeout(timeout)
            self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise _Gone(f"nobody answers: {error}", sent=False) from error
        try:
            self.server = self.call("memory.hello", _hello(client, token))
        except BaseException:
            self.close()
            raise

    def call(self, method: str, params: Mapping[str, Any]) -> Dict[str, Any]:
        self._last = number = self._last % 0xFFFFFFFF + 1
        try:
            self._socket.sendall(_request(number, method, params))
        except OSError as error:
            # What is not whole is no request, so nothing of it happens over there.
            raise _Gone(str(error), sent=False) from error
        while True:
            message = self.next()
            if message[0] == 1 and message[1] == number:
                if message[2] is None:
                    return message[3]
                if message[2][0] == _SHUTTING_DOWN:
                    raise _Gone(message[2][1], sent=True)
                raise _error(*message[2])
            self.notice(message)

    def notice(self, message: List[Any]) -> None:
        if message[0] == 2 and message[1] == "memory.change":
            self.notices.append(message[2][0])
        elif message[0] == 2 and message[1] == "memory.error":
            self._closing = message[2][0]["message"]

    def next(self) -> List[Any]:
        try:
            for message in self._unpacker:
                return message
            while True:
                data = self._socket.recv(1 << 16)
                if not data:
                    raise _Gone(self._closing or "the server closed the connection", sent=True)
                self._unpacker.feed(data)
                for message in self._unpacker:
                    return message
        except socket.timeout as error:
            raise DeadlineExceeded(4002, "DEADLINE_EXCEEDED", "The server did not answer in time.") from error
        except OSError as error:
            raise _Gone(str(error), sent=True) from error

    def close(self) -> None:
        self._socket.close()


class Client:
    """A pool that a server owns. Threads may share it, one call at a time; each call returns when its answer is there.

    pool: the pool's directory, or the server's socket.
    deadline: seconds that a call may take; None waits as long as the server does.
    reconnect_for: seconds for which a call tries to reach the server again when the connection broke; 0 does not try.
    """

    def __init__(
        self, pool: Union[str, "os.PathLike[str]"], *, token: Optional[str] = None, deadline: Optional[float] = None,
        reconnect_for: float = 5.0, name: str = "memengine-python",
    ) -> None:
        self._pool, self._token, self._name, self._reconnect_for = pool, token, name, reconnect_for
        self._deadline_ms = None if deadline is None else max(1, int(deadline * 1000))
        self._lock = threading.Lock()
        try:
            self._connection: Optional[_Connection] = self._connect()
        except _Gone as gone:
            raise _unavailable(_address(pool), gone, sent=False) from gone

    def _connect(self) -> _Connection:
        # The server keeps the deadline; a second more is for one that hangs.
        timeout = None if self._deadline_ms is None else self._deadline_ms / 1000 + 1
        return _Connection(_address(self._pool), self._name, self._token, timeout)

    def _call(self, method: str, **given: Any) -> Any:
        params, made = _params(method, given, self._deadline_ms)
        pauses, sent = _pauses(self._reconnect_for), False
        with self._lock:
            while True:
                try:
                    if self._connection is None:
                        self._connection = self._connect()
                    return _result(method, self._connection.call(method, params), made)
                except _Gone as gone:
                    self._drop()
                    sent = sent or gone.sent
                    pause = None if sent and not _repeatable(method, params) else next(pauses, None)
                    if pause is None:
                        raise _unavailable(os.fspath(self._pool), gone, sent) from gone
                except DeadlineExceeded:
                    # An answer that comes now would be taken for the next one's.
                    self._drop()
                    raise
                except KeyboardInterrupt:
                    self._drop()
                    raise
                time.sleep(pause)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ping(self) -> None:
        self._call("memory.ping")

    def remember(self, text: str, **content: Unpack[FieldsWithId]) -> Remembered:
        """Remembers one memory, and returns when it is durable."""
        return self._call("memory.remember", text=text, **content)

    def remember_many(self, memories: Iterable[Content]) -> List[Remembered]:
        return self._call("memory.remember_many", memories=list(memories))["results"]

    def revise(
        self, id: Union[str, uuid.UUID], text: str, *, expected_version: Optional[int] = None, **content: Unpack[Fields],
    ) -> Remembered:
        """Gives a memory a new version: the whole content, what is left out is gone."""
        return self._call("memory.revise", id=id, text=text, expected_version=expected_version, **content)

    def recall(self, query: Optional[str] = None, **options: Unpack[RecallOptions]) -> Recall:
        """Finds the memories that help with a task, best first."""
        return self._call("memory.recall", query=query, **options)

    def verify(
        self, ids: Iterable[Union[str, uuid.UUID]], *, domain: Optional[str] = None, mode: Optional[str] = None,
        context: Optional[Mapping[str, str]] = None,
    ) -> List[Verdict]:
        return self._call("memory.verify", ids=list(ids), domain=domain, mode=mode, context=context)["verdicts"]

    def get(self, id: Union[str, uuid.UUID], *, version: Optional[int] = None, as_of: Optional[str] = None) -> Memory:
        return self._call("memory.get", id=id, version=version, as_of=as_of)

    def history(self, id: Union[str, uuid.UUID], *, as_of: Optional[str] = None) -> List[Memory]:
        return self._call("memory.history", id=id, as_of=as_of)["versions"]

    def forget(self, id: Union[str, uuid.UUID]) -> bool:
        """False when it was forgotten already."""
        return self._call("memory.forget", id=id)["forgotten"]

    def restore(self, id: Union[str, uuid.UUID]) -> bool:
        """False when it was not forgotten."""
        return self._call("memory.restore", id=id)["restored"]

    def list(
        self, *, domain: Optional[str] = None, level: Optional[int] = None, state: Optional[str] = None, as_of: Optional[str] = None,
    ) -> Iterator[Memory]:
        """The memories in the order they were remembered, fetched a page at a time."""
        after = None
        while True:
            page = self._call("memory.list", domain=domain, level=level, state=state, as_of=as_of, after=after, limit=256)
            yield from page["memories"]
            after = page.get("next")
            if after is None:
                return

    def stats(self, *, as_of: Optional[str] = None) -> Dict[str, Any]:
        return self._call("memory.stats", as_of=as_of)

    def check(self) -> Dict[str, Any]:
        return self._call("memory.check")

    def compact(self, *, keep_versions_us: Optional[int] = None) -> Dict[str, int]:
        return self._call("memory.compact", keep_versions_us=keep_versions_us)

    def maintain(self) -> Dict[str, int]:
        return self._call("memory.maintain")

    def backup(self, path: str) -> Dict[str, Any]:
        return self._call("memory.backup", path=path)

    def snapshot_create(self, name: str) -> Snapshot:
        return self._call("memory.snapshot.create", name=name)

    def snapshot_list(self) -> List[Snapshot]:
        return self._call("memory.snapshot.list")["snapshots"]

    def snapshot_drop(self, name: str) -> None:
        self._call("memory.snapshot.drop", name=name)

    def snapshot_diff(self, earlier: str, later: Optional[str] = None) -> Dict[str, List[str]]:
        return self._call("memory.snapshot.diff", earlier=earlier, later=later)

    def snapshot_rollback(self, name: str) -> Dict[str, Any]:
        return self._call("memory.snapshot.rollback", name=name)

    def subscribe(self, after: Optional[int] = None) -> Iterator[Change]:
        """What changes from now on, or after a sequence, over a connection of its own; closing the iterator ends it.

        The subscription stands when this returns: what happens from then on is told.
        """
        connection, after = self._subscribed(after, _pauses(self._reconnect_for))
        return self._changes(connection, after)

    def _subscribed(self, after: Optional[int], pauses: Iterator[float]) -> Tuple[_Connection, int]:
        while True:
            connection = None
            try:
                connection = _Connection(_address(self._pool), self._name, self._token, None)
                return connection, connection.call("memory.subscribe", {} if after is None else {"after": after})["sequence"]
            except _Gone as gone:
                if connection is not None:
                    connection.close()
                pause = next(pauses, None)
                if pause is None:
                    raise _unavailable(os.fspath(self._pool), gone, sent=False) from gone
            time.sleep(pause)

    def _changes(self, connection: _Connection, after: int) -> Iterator[Change]:
        try:
            while True:
                try:
                    while not connection.notices:
                        connection.notice(connection.next())
                except _Gone:
                    connection.close()
                    connection, after = self._subscribed(after, _pauses(self._reconnect_for))
                    continue
                change = connection.notices.pop(0)
                after = change["sequence"]
                yield change
        finally:
            connection.close()

    def close(self) -> None:
        """Closes the connection; the next call makes a new one."""
        with self._lock:
            self._drop()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


# The client for asyncio -----------------------------------------------------------------------------------------------


class _AsyncConnection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer, self._last = reader, writer, 0
        self._waiting: Dict[int, "asyncio.Future[Any]"] = {}
        self.changes: "asyncio.Queue[Optional[Change]]" = asyncio.Queue(1024)
        self._closing = ""
        self.is_open = True
        self._task = asyncio.ensure_future(self._read())

    @staticmethod
    async def open(address: str, client: str, token: Optional[str]) -> "_AsyncConnection":
        try:
            connection = _AsyncConnection(*await asyncio.open_unix_connection(address))
        except OSError as error:
            raise _Gone(f"nobody answers: {error}", sent=False) from error
        try:
            await connection.call("memory.hello", _hello(client, token))
        except BaseException:
            connection.close()
            raise
        return connection

    async def call(self, method: str, params: Mapping[str, Any]) -> Dict[str, Any]:
        if not self.is_open:
            raise _Gone("the connection broke", sent=False)
        self._last = number = self._last % 0xFFFFFFFF + 1
        message = _request(number, method, params)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(message)
            await self._writer.drain()
            return await answer
        except asyncio.CancelledError:
            if self.is_open:
                self._writer.write(msgpack.packb([2, "$/cancel", [number]]))
            raise
        except OSError as error:
            raise _Gone(str(error), sent=True) from error
        finally:
            self._waiting.pop(number, None)
            if answer.done() and not answer.cancelled():
                answer.exception()

    async def _read(self) -> None:
        unpacker, reason = _unpacker(), "the server closed the connection"
        try:
            while True:
                data = await self._reader.read(1 << 16)
                if not data:
                    break
                unpacker.feed(data)
                for message in unpacker:
                    await self._take(message)
        except (OSError, ValueError, msgpack.exceptions.UnpackException) as error:
            reason = str(error)
        finally:
            self._end(self._closing or reason)

    async def _take(self, message: List[Any]) -> None:
        if message[0] == 1:
            answer = self._waiting.get(message[1])
            if answer is None or answer.done():
                return
            if message[2] is None:
                answer.set_result(message[3])
            elif message[2][0] == _SHUTTING_DOWN:
                answer.set_exception(_Gone(message[2][1], sent=True))
            else:
                answer.set_exception(_error(*message[2]))
        elif message[1] == "memory.change":
            await self.changes.put(message[2][0])
        elif message[1] == "memory.error":
            self._closing = message[2][0]["message"]

    def _end(self, reason: str) -> None:
        self.is_open = False
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(_Gone(reason, sent=True))
        self._writer.close()
        if self.changes.full():
            # Whoever is so far behind finds the connection closed, and goes on from the last change that it took.
            self.changes.get_nowait()
        self.changes.put_nowait(None)

    def close(self) -> None:
        self._task.cancel()


class AsyncClient:
    """The same for asyncio: calls made at once are under way at once, over one connection, and cancelling one tells the server.

    ``async with AsyncClient(pool) as client``; parameters as for ``Client``.
    """

    def __init__(
        self, pool: Union[str, "os.PathLike[str]"], *, token: Optional[str] = None, deadline: Optional[float] = None,
        reconnect_for: float = 5.0, max_in_flight: int = 128, name: str = "memengine-python",
    ) -> None:
        self._pool, self._token, self._name, self._reconnect_for = pool, token, name, reconnect_for
        self._deadline_ms = None if deadline is None else max(1, int(deadline * 1000))
        self._max_in_flight = max_in_flight
        self._connection: Optional[_AsyncConnection] = None

    async def __aenter__(self) -> "AsyncClient":
        # Here, since before Python 3.10 these belong to the loop in which they are made.
        self._connecting, self._room = asyncio.Lock(), asyncio.Semaphore(self._max_in_flight)
        try:
            await self._get()
        except _Gone as gone:
            raise _unavailable(os.fspath(self._pool), gone, sent=False) from gone
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()

    async def _get(self) -> _AsyncConnection:
        async with self._connecting:
            if self._connection is None or not self._connection.is_open:
                self._connection = await _AsyncConnection.open(_address(self._pool), self._name, self._token)
            return self._connection

    async def _call(self, method: str, **given: Any) -> Any:
        params, made = _params(method, given, self._deadline_ms)
        pauses, sent = _pauses(self._reconnect_for), False
        async with self._room:
            while True:
                try:
                    connection = self._connection
                    if connection is None or not connection.is_open:
                        connection = await self._get()
                    # The server keeps the deadline; a second more is for one that hangs.
                    timeout = None if "deadline_ms" not in params else params["deadline_ms"] / 1000 + 1
                    return _result(method, await asyncio.wait_for(connection.call(method, params), timeout), made)
                except _Gone as gone:
                    sent = sent or gone.sent
                    pause = None if sent and not _repeatable(method, params) else next(pauses, None)
                    if pause is None:
                        raise _unavailable(os.fspath(self._pool), gone, sent) from gone
                except MemoryEngineError:
                    raise
                except asyncio.TimeoutError as error:
                    raise DeadlineExceeded(4002, "DEADLINE_EXCEEDED", "The server did not answer in time.") from error
                await asyncio.sleep(pause)

    async def ping(self) -> None:
        await self._call("memory.ping")

    async def remember(self, text: str, **content: Unpack[FieldsWithId]) -> Remembered:
        """Remembers one memory, and returns when it is durable."""
        return await self._call("memory.remember", text=text, **content)

    async def remember_many(self, memories: Iterable[Content]) -> List[Remembered]:
        return (await self._call("memory.remember_many", memories=list(memories)))["results"]

    async def revise(
        self, id: Union[str, uuid.UUID], text: str, *, expected_version: Optional[int] = None, **content: Unpack[Fields],
    ) -> Remembered:
        """Gives a memory a new version: the whole content, what is left out is gone."""
        return await self._call("memory.revise", id=id, text=text, expected_version=expected_version, **content)

    async def recall(self, query: Optional[str] = None, **options: Unpack[RecallOptions]) -> Recall:
        """Finds the memories that help with a task, best first."""
        return await self._call("memory.recall", query=query, **options)

    async def verify(
        self, ids: Iterable[Union[str, uuid.UUID]], *, domain: Optional[str] = None, mode: Optional[str] = None,
        context: Optional[Mapping[str, str]] = None,
    ) -> List[Verdict]:
        return (await self._call("memory.verify", ids=list(ids), domain=domain, mode=mode, context=context))["verdicts"]

    async def get(self, id: Union[str, uuid.UUID], *, version: Optional[int] = None, as_of: Optional[str] = None) -> Memory:
        return await self._call("memory.get", id=id, version=version, as_of=as_of)

    async def history(self, id: Union[str, uuid.UUID], *, as_of: Optional[str] = None) -> List[Memory]:
        return (await self._call("memory.history", id=id, as_of=as_of))["versions"]

    async def forget(self, id: Union[str, uuid.UUID]) -> bool:
        """False when it was forgotten already."""
        return (await self._call("memory.forget", id=id))["forgotten"]

    async def restore(self, id: Union[str, uuid.UUID]) -> bool:
        """False when it was not forgotten."""
        return (await self._call("memory.restore", id=id))["restored"]

    async def list(
        self, *, domain: Optional[str] = None, level: Optional[int] = None, state: Optional[str] = None, as_of: Optional[str] = None,
    ) -> AsyncIterator[Memory]:
        """The memories in the order they were remembered, fetched a page at a time."""
        after = None
        while True:
            page = await self._call("memory.list", domain=domain, level=level, state=state, as_of=as_of, after=after, limit=256)
            for memory in page["memories"]:
                yield memory
            after = page.get("next")
            if after is None:
                return

    async def stats(self, *, as_of: Optional[str] = None) -> Dict[str, Any]:
        return await self._call("memory.stats", as_of=as_of)

    async def check(self) -> Dict[str, Any]:
        return await self._call("memory.check")

    async def compact(self, *, keep_versions_us: Optional[int] = None) -> Dict[str, int]:
        return await self._call("memory.compact", keep_versions_us=keep_versions_us)

    async def maintain(self) -> Dict[str, int]:
        return await self._call("memory.maintain")

    async def backup(self, path: str) -> Dict[str, Any]:
        return await self._call("memory.backup", path=path)

    async def snapshot_create(self, name: str) -> Snapshot:
        return await self._call("memory.snapshot.create", name=name)

    async def snapshot_list(self) -> List[Snapshot]:
        return (await self._call("memory.snapshot.list"))["snapshots"]

    async def snapshot_drop(self, name: str) -> None:
        await self._call("memory.snapshot.drop", name=name)

    async def snapshot_diff(self, earlier: str, later: Optional[str] = None) -> Dict[str, List[str]]:
        return await self._call("memory.snapshot.diff", earlier=earlier, later=later)

    async def snapshot_rollback(self, name: str) -> Dict[str, Any]:
        return await self._call("memory.snapshot.rollback", name=name)

    async def subscribe(self, after: Optional[int] = None) -> AsyncIterator[Change]:
        """What changes from now on, or after a sequence, over a connection of its own; ``aclose`` of the iterator ends it.

        The subscription stands when this returns: what happens from then on is told.
        """
        connection, after = await self._subscribed(after, _pauses(self._reconnect_for))
        return self._changes(connection, after)

    async def _subscribed(self, after: Optional[int], pauses: Iterator[float]) -> Tuple[_AsyncConnection, int]:
        while True:
            connection = None
            try:
                connection = await _AsyncConnection.open(_address(self._pool), self._name, self._token)
                reply = await connection.call("memory.subscribe", {} if after is None else {"after": after})
                return connection, reply["sequence"]
            except _Gone as gone:
                if connection is not None:
                    connection.close()
                pause = next(pauses, None)
                if pause is None:
                    raise _unavailable(os.fspath(self._pool), gone, sent=False) from gone
            await asyncio.sleep(pause)

    async def _changes(self, connection: _AsyncConnection, after: int) -> AsyncIterator[Change]:
        try:
            while True:
                change = await connection.changes.get()
                if change is None:
                    connection.close()
                    connection, after = await self._subscribed(after, _pauses(self._reconnect_for))
                    continue
                after = change["sequence"]
                yield change
        finally:
            connection.close()

    async def close(self) -> None:
        """Closes the connection; the next call makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
