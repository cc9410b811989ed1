"""The client that blocks."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple, Union

from ._wire import address_of, hello, is_repeatable, new_unpacker, params_of, pauses_within, request_of, result_of, score_of, serving, unavailable
from .errors import SHUTTING_DOWN, DeadlineExceeded, Gone, error_of
from .types import Change, Content, Fields, FieldsWithId, Id, Memory, OutcomeFields, Recall, RecallOptions, Remembered, Reported, Snapshot, Verdict

if TYPE_CHECKING:
    from typing_extensions import Unpack


class _Connection:
    def __init__(self, address: str, client: str, token: Optional[str], timeout: Optional[float]) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._unpacker, self._last = new_unpacker(), 0
        self._closing = ""
        self.notices: List[Change] = []
        try:
            self._socket.settimeout(timeout)
            self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise Gone(f"nobody answers: {error}", sent=False) from error
        try:
            self.server = self.call("memory.hello", hello(client, token))
        except BaseException:
            self.close()
            raise

    def call(self, method: str, params: Mapping[str, Any]) -> Dict[str, Any]:
        self._last = number = self._last % 0xFFFFFFFF + 1
        try:
            self._socket.sendall(request_of(number, method, params))
        except OSError as error:
            # What is not whole is no request, so nothing of it happens over there.
            raise Gone(str(error), sent=False) from error
        while True:
            message = self.next()
            if message[0] == 1 and message[1] == number:
                if message[2] is None:
                    return message[3]
                if message[2][0] == SHUTTING_DOWN:
                    raise Gone(message[2][1], sent=True)
                raise error_of(*message[2])
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
                    raise Gone(self._closing or "the server closed the connection", sent=True)
                self._unpacker.feed(data)
                for message in self._unpacker:
                    return message
        except socket.timeout as error:
            raise DeadlineExceeded(4002, "DEADLINE_EXCEEDED", "The server did not answer in time.") from error
        except OSError as error:
            raise Gone(str(error), sent=True) from error

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
        except Gone as gone:
            raise unavailable(address_of(pool), gone, sent=False) from gone

    def _connect(self) -> _Connection:
        # The server keeps the deadline; a second more is for one that hangs.
        timeout = None if self._deadline_ms is None else self._deadline_ms / 1000 + 1
        return _Connection(serving(self._pool), self._name, self._token, timeout)

    def _call(self, method: str, **given: Any) -> Any:
        params, made = params_of(method, given, self._deadline_ms)
        pauses, sent = pauses_within(self._reconnect_for), False
        with self._lock:
            while True:
                try:
                    if self._connection is None:
                        self._connection = self._connect()
                    return result_of(method, self._connection.call(method, params), made)
                except Gone as gone:
                    self._drop()
                    sent = sent or gone.sent
                    pause = None if sent and not is_repeatable(method, params) else next(pauses, None)
                    if pause is None:
                        raise unavailable(os.fspath(self._pool), gone, sent) from gone
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
        self, id: Id, text: str, *, expected_version: Optional[int] = None, **content: Unpack[Fields],
    ) -> Remembered:
        """Gives a memory a new version: the whole content, what is left out is gone."""
        return self._call("memory.revise", id=id, text=text, expected_version=expected_version, **content)

    def recall(self, query: Optional[str] = None, **options: Unpack[RecallOptions]) -> Recall:
        """Finds the memories that help with a task, best first."""
        return self._call("memory.recall", query=query, **options)

    def verify(
        self, ids: Iterable[Id], *, domain: Optional[str] = None, mode: Optional[str] = None,
        context: Optional[Mapping[str, str]] = None,
    ) -> List[Verdict]:
        return self._call("memory.verify", ids=list(ids), domain=domain, mode=mode, context=context)["verdicts"]

    def report(self, transfer: Id, outcome: Union[str, bool, float], **more: Unpack[OutcomeFields]) -> Reported:
        """Tells what came of a transfer: 'pass', 'fail' or a number from 0 to 1."""
        return self._call("memory.report", transfer=transfer, score=score_of(outcome), **more)

    def why(self, transfer: Id) -> Dict[str, Any]:
        return self._call("memory.why", transfer=transfer)

    def get(self, id: Id, *, version: Optional[int] = None, as_of: Optional[str] = None) -> Memory:
        return self._call("memory.get", id=id, version=version, as_of=as_of)

    def history(self, id: Id, *, as_of: Optional[str] = None) -> List[Memory]:
        return self._call("memory.history", id=id, as_of=as_of)["versions"]

    def forget(self, id: Id) -> bool:
        """False when it was forgotten already."""
        return self._call("memory.forget", id=id)["forgotten"]

    def restore(self, id: Id) -> bool:
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

    def advise(self, *, scenario: Optional[str] = None) -> Dict[str, Any]:
        return self._call("memory.advise", scenario=scenario)

    def evidence(
        self, *, memories: Optional[int] = None, pass_value: Optional[float] = None, upkeep: Optional[float] = None,
    ) -> Dict[str, Any]:
        return self._call("memory.evidence", memories=memories, pass_value=pass_value, upkeep=upkeep)

    def check(self) -> Dict[str, Any]:
        return self._call("memory.check")

    def compact(self, *, keep_versions_us: Optional[int] = None) -> Dict[str, int]:
        return self._call("memory.compact", keep_versions_us=keep_versions_us)

    def maintain(self) -> Dict[str, Any]:
        return self._call("memory.maintain")

    def backup(self, path: str) -> Dict[str, Any]:
        return self._call("memory.backup", path=path)

    def reembed(
        self, *, batch_texts: Optional[int] = None, texts_per_second: Optional[float] = None, drop_old: Optional[bool] = None
    ) -> Dict[str, Any]:
        return self._call("memory.reembed", batch_texts=batch_texts, texts_per_second=texts_per_second, drop_old=drop_old)

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
        connection, after = self._subscribed(after, pauses_within(self._reconnect_for))
        return self._changes(connection, after)

    def _subscribed(self, after: Optional[int], pauses: Iterator[float]) -> Tuple[_Connection, int]:
        while True:
            connection = None
            try:
                connection = _Connection(serving(self._pool), self._name, self._token, None)
                return connection, connection.call("memory.subscribe", {} if after is None else {"after": after})["sequence"]
            except Gone as gone:
                if connection is not None:
                    connection.close()
                pause = next(pauses, None)
                if pause is None:
                    raise unavailable(os.fspath(self._pool), gone, sent=False) from gone
            time.sleep(pause)

    def _changes(self, connection: _Connection, after: int) -> Iterator[Change]:
        try:
            while True:
                try:
                    while not connection.notices:
                        connection.notice(connection.next())
                except Gone:
                    connection.close()
                    connection, after = self._subscribed(after, pauses_within(self._reconnect_for))
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
