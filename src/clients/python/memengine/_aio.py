"""The client for asyncio."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, AsyncIterator, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple, Union

import msgpack

from ._wire import hello, is_repeatable, new_unpacker, params_of, pauses_within, request_of, result_of, score_of, serving, unavailable
from .errors import SHUTTING_DOWN, DeadlineExceeded, Gone, MemoryEngineError, error_of
from .types import Change, Content, Fields, FieldsWithId, Id, Memory, OutcomeFields, Recall, RecallOptions, Remembered, Reported, Snapshot, Verdict

if TYPE_CHECKING:
    from typing_extensions import Unpack


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
            raise Gone(f"nobody answers: {error}", sent=False) from error
        try:
            await connection.call("memory.hello", hello(client, token))
        except BaseException:
            connection.close()
            raise
        return connection

    async def call(self, method: str, params: Mapping[str, Any]) -> Dict[str, Any]:
        if not self.is_open:
            raise Gone("the connection broke", sent=False)
        self._last = number = self._last % 0xFFFFFFFF + 1
        message = request_of(number, method, params)
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
            raise Gone(str(error), sent=True) from error
        finally:
            self._waiting.pop(number, None)
            if answer.done() and not answer.cancelled():
                answer.exception()

    async def _read(self) -> None:
        unpacker, reason = new_unpacker(), "the server closed the connection"
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
            elif message[2][0] == SHUTTING_DOWN:
                answer.set_exception(Gone(message[2][1], sent=True))
            else:
                answer.set_exception(error_of(*message[2]))
        elif message[1] == "memory.change":
            await self.changes.put(message[2][0])
        elif message[1] == "memory.error":
            self._closing = message[2][0]["message"]

    def _end(self, reason: str) -> None:
        self.is_open = False
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Gone(reason, sent=True))
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
        except Gone as gone:
            raise unavailable(os.fspath(self._pool), gone, sent=False) from gone
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()

    async def _get(self) -> _AsyncConnection:
        async with self._connecting:
            if self._connection is None or not self._connection.is_open:
                self._connection = await _AsyncConnection.open(serving(self._pool), self._name, self._token)
            return self._connection

    async def _call(self, method: str, **given: Any) -> Any:
        params, made = params_of(method, given, self._deadline_ms)
        pauses, sent = pauses_within(self._reconnect_for), False
        async with self._room:
            while True:
                try:
                    connection = self._connection
                    if connection is None or not connection.is_open:
                        connection = await self._get()
                    # The server keeps the deadline; a second more is for one that hangs.
                    timeout = None if "deadline_ms" not in params else params["deadline_ms"] / 1000 + 1
                    return result_of(method, await asyncio.wait_for(connection.call(method, params), timeout), made)
                except Gone as gone:
                    sent = sent or gone.sent
                    pause = None if sent and not is_repeatable(method, params) else next(pauses, None)
                    if pause is None:
                        raise unavailable(os.fspath(self._pool), gone, sent) from gone
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
        self, id: Id, text: str, *, expected_version: Optional[int] = None, **content: Unpack[Fields],
    ) -> Remembered:
        """Gives a memory a new version: the whole content, what is left out is gone."""
        return await self._call("memory.revise", id=id, text=text, expected_version=expected_version, **content)

    async def recall(self, query: Optional[str] = None, **options: Unpack[RecallOptions]) -> Recall:
        """Finds the memories that help with a task, best first."""
        return await self._call("memory.recall", query=query, **options)

    async def verify(
        self, ids: Iterable[Id], *, domain: Optional[str] = None, mode: Optional[str] = None,
        context: Optional[Mapping[str, str]] = None,
    ) -> List[Verdict]:
        return (await self._call("memory.verify", ids=list(ids), domain=domain, mode=mode, context=context))["verdicts"]

    async def report(self, transfer: Id, outcome: Union[str, bool, float], **more: Unpack[OutcomeFields]) -> Reported:
        """Tells what came of a transfer: 'pass', 'fail' or a number from 0 to 1."""
        return await self._call("memory.report", transfer=transfer, score=score_of(outcome), **more)

    async def why(self, transfer: Id) -> Dict[str, Any]:
        return await self._call("memory.why", transfer=transfer)

    async def get(self, id: Id, *, version: Optional[int] = None, as_of: Optional[str] = None) -> Memory:
        return await self._call("memory.get", id=id, version=version, as_of=as_of)

    async def history(self, id: Id, *, as_of: Optional[str] = None) -> List[Memory]:
        return (await self._call("memory.history", id=id, as_of=as_of))["versions"]

    async def forget(self, id: Id) -> bool:
        """False when it was forgotten already."""
        return (await self._call("memory.forget", id=id))["forgotten"]

    async def restore(self, id: Id) -> bool:
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

    async def advise(self, *, scenario: Optional[str] = None) -> Dict[str, Any]:
        return await self._call("memory.advise", scenario=scenario)

    async def evidence(
        self, *, memories: Optional[int] = None, pass_value: Optional[float] = None, upkeep: Optional[float] = None,
    ) -> Dict[str, Any]:
        return await self._call("memory.evidence", memories=memories, pass_value=pass_value, upkeep=upkeep)

    async def check(self) -> Dict[str, Any]:
        return await self._call("memory.check")

    async def compact(self, *, keep_versions_us: Optional[int] = None) -> Dict[str, int]:
        return await self._call("memory.compact", keep_versions_us=keep_versions_us)

    async def maintain(self) -> Dict[str, Any]:
        return await self._call("memory.maintain")

    async def backup(self, path: str) -> Dict[str, Any]:
        return await self._call("memory.backup", path=path)

    async def reembed(
        self, *, batch_texts: Optional[int] = None, texts_per_second: Optional[float] = None, drop_old: Optional[bool] = None
    ) -> Dict[str, Any]:
        return await self._call("memory.reembed", batch_texts=batch_texts, texts_per_second=texts_per_second, drop_old=drop_old)

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
        connection, after = await self._subscribed(after, pauses_within(self._reconnect_for))
        return self._changes(connection, after)

    async def _subscribed(self, after: Optional[int], pauses: Iterator[float]) -> Tuple[_AsyncConnection, int]:
        while True:
            connection = None
            try:
                connection = await _AsyncConnection.open(serving(self._pool), self._name, self._token)
                reply = await connection.call("memory.subscribe", {} if after is None else {"after": after})
                return connection, reply["sequence"]
            except Gone as gone:
                if connection is not None:
                    connection.close()
                pause = next(pauses, None)
                if pause is None:
                    raise unavailable(os.fspath(self._pool), gone, sent=False) from gone
            await asyncio.sleep(pause)

    async def _changes(self, connection: _AsyncConnection, after: int) -> AsyncIterator[Change]:
        try:
            while True:
                change = await connection.changes.get()
                if change is None:
                    connection.close()
                    connection, after = await self._subscribed(after, pauses_within(self._reconnect_for))
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
