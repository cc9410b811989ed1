"""What calls meet."""

from __future__ import annotations


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
SHUTTING_DOWN = 4004


def error_of(code: int, text: str) -> MemoryEngineError:
    name, found, message = text.partition(": ")
    kind = _CLASSES.get(code, InvalidArgument if code // 1000 == 2 else MemoryEngineError)
    return kind(code, name, message) if found else kind(code, "ERROR", text)


class Gone(Exception):
    """The connection broke, or the server is closing; ``sent`` says whether a whole request may have reached it."""

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent
