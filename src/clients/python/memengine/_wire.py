"""Messages: what a request says, and what its response means."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from array import array
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple, Union

import msgpack

from .errors import Gone, InvalidArgument, Unavailable
from .types import Content, OutcomeFields, RecallOptions, Vector

VERSION = 1
MESSAGE_BYTES = 16 << 20

# What methods take, so that a misspelt name is refused and not passed over; and which of them do no harm twice.
_CONTENT = frozenset(Content.__annotations__)
_TAKES: Dict[str, frozenset] = {
    "memory.ping": frozenset(),
    "memory.remember": _CONTENT,
    "memory.remember_many": frozenset({"memories"}),
    "memory.revise": _CONTENT | {"expected_version"},
    "memory.recall": frozenset(RecallOptions.__annotations__) | {"query"},
    "memory.verify": frozenset({"ids", "domain", "mode", "context"}),
    "memory.report": frozenset(OutcomeFields.__annotations__) | {"transfer", "score"},
    "memory.why": frozenset({"transfer"}),
    "memory.get": frozenset({"id", "version", "as_of"}),
    "memory.history": frozenset({"id", "as_of"}),
    "memory.forget": frozenset({"id"}),
    "memory.restore": frozenset({"id"}),
    "memory.list": frozenset({"domain", "level", "state", "limit", "after", "as_of"}),
    "memory.stats": frozenset({"as_of"}),
    "memory.advise": frozenset({"scenario"}),
    "memory.evidence": frozenset({"memories", "pass_value", "upkeep"}),
    "memory.check": frozenset(),
    "memory.compact": frozenset({"keep_versions_us"}),
    "memory.maintain": frozenset(),
    "memory.backup": frozenset({"path"}),
    "memory.reembed": frozenset({"batch_texts", "texts_per_second", "drop_old"}),
    "memory.snapshot.create": frozenset({"name"}),
    "memory.snapshot.list": frozenset(),
    "memory.snapshot.drop": frozenset({"name"}),
    "memory.snapshot.diff": frozenset({"earlier", "later"}),
    "memory.snapshot.rollback": frozenset({"name"}),
    "memory.subscribe": frozenset({"after"}),
}
_ONCE = frozenset({
    "memory.compact", "memory.maintain", "memory.backup", "memory.reembed", "memory.snapshot.create", "memory.snapshot.drop",
    "memory.snapshot.rollback",
})


def uuid7() -> str:
    milliseconds, noise = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big")
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | (noise >> 68 & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1))


def to_bytes(value: Vector) -> bytes:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    view = memoryview(value) if not isinstance(value, (list, tuple)) else None
    if view is not None and view.format == "f" and sys.byteorder == "little":
        return view.tobytes()
    numbers = array("f", value)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def to_floats(value: bytes) -> "array[float]":
    numbers = array("f", value)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def content_of(given: Mapping[str, Any]) -> Dict[str, Any]:
    unknown = given.keys() - _CONTENT
    if unknown:
        raise TypeError(f"a memory has no field {sorted(unknown)[0]!r}")
    content = {name: value for name, value in given.items() if value is not None}
    if "vectors" in content:
        content["vectors"] = {space: to_bytes(vector) for space, vector in content["vectors"].items()}
    if "id" in content:
        content["id"] = str(content["id"])
    return content


def params_of(method: str, given: Mapping[str, Any], deadline_ms: Optional[int]) -> Tuple[Dict[str, Any], bool]:
    """The map of a request, and whether its ids were made here."""
    params = {name: value for name, value in given.items() if value is not None}
    unknown = params.keys() - _TAKES[method] - {"deadline_ms"}
    if unknown:
        raise TypeError(f"{method} takes no {sorted(unknown)[0]!r}")
    made = False
    if method in ("memory.remember", "memory.revise"):
        params.update(content_of({name: value for name, value in params.items() if name in _CONTENT}))
        made = "id" not in params and "idempotency_key" not in params
        if made:
            params["id"] = uuid7()
    elif method == "memory.remember_many":
        params["memories"] = memories = [content_of(memory) for memory in params["memories"]]
        made = [memory for memory in memories if "id" not in memory and "idempotency_key" not in memory]
        for memory in made:
            memory["id"] = uuid7()
        made = bool(made)
    elif method == "memory.recall":
        if "vector" in params:
            params["vector"] = to_bytes(params["vector"])
        if "vectors" in params:
            params["vectors"] = [{**v, "vector": to_bytes(v["vector"])} for v in params["vectors"]]
        if "pins" in params:
            params["pins"] = [{**p, "id": str(p["id"])} for p in params["pins"]]
    elif method == "memory.verify":
        params["ids"] = [str(i) for i in params["ids"]]
    elif "transfer" in params:
        params["transfer"] = str(params["transfer"])
        if "used" in params:
            params["used"] = [str(i) for i in params["used"]]
    elif "id" in params:
        params["id"] = str(params["id"])
    if deadline_ms is not None:
        params.setdefault("deadline_ms", deadline_ms)
    return params, made


def score_of(outcome: Union[str, bool, float]) -> float:
    """The score of ``pass``, ``fail``, or a number from 0 to 1."""
    if isinstance(outcome, str):
        if outcome not in ("pass", "fail"):
            raise ValueError(f"an outcome is 'pass', 'fail' or a number from 0 to 1, not {outcome!r}")
        return 1.0 if outcome == "pass" else 0.0
    return float(outcome)


def is_repeatable(method: str, params: Mapping[str, Any]) -> bool:
    if method == "memory.revise":
        return "expected_version" not in params or "idempotency_key" in params
    return method not in _ONCE


def result_of(method: str, result: Dict[str, Any], made: bool) -> Any:
    if method in ("memory.get", "memory.history", "memory.list"):
        for memory in [result] if method == "memory.get" else result["versions" if method == "memory.history" else "memories"]:
            if "vectors" in memory:
                memory["vectors"] = {space: to_floats(vector) for space, vector in memory["vectors"].items()}
    elif made:
        # An id that was made for this call is in the pool already only if the call was repeated.
        for one in result["results"] if method == "memory.remember_many" else [result]:
            if one["outcome"] == "unchanged":
                one["outcome"] = "added"
    return result


def request_of(number: int, method: str, params: Mapping[str, Any]) -> bytes:
    message = msgpack.packb([0, number, method, [params]], use_bin_type=True)
    if len(message) > MESSAGE_BYTES:
        raise InvalidArgument(2001, "INVALID_ARGUMENT", f"The request takes {len(message)} bytes; {MESSAGE_BYTES} are allowed.")
    return message


def serving(pool: Union[str, "os.PathLike[str]"]) -> str:
    """Where to connect to. A server that is just starting may not have said it yet: then it is gone, and may be back soon."""
    try:
        return address_of(pool)
    except Unavailable as nobody:
        raise Gone(nobody.message, sent=False) from nobody


def new_unpacker() -> msgpack.Unpacker:
    return msgpack.Unpacker(raw=False, strict_map_key=False, max_buffer_size=2 * MESSAGE_BYTES)


def address_of(pool: Union[str, "os.PathLike[str]"]) -> str:
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


def pauses_within(seconds: float) -> Iterator[float]:
    end, pause = time.monotonic() + seconds, 0.01
    while time.monotonic() + pause < end:
        yield pause
        pause = min(2 * pause, 0.5)


def hello(client: str, token: Optional[str]) -> Dict[str, Any]:
    hello: Dict[str, Any] = {"proto": [VERSION, VERSION], "client": client}
    return hello if token is None else {**hello, "token": token}


def unavailable(address: str, gone: Gone, sent: bool) -> Unavailable:
    may = " What was asked for may have happened." if sent else ""
    return Unavailable(4004, "SHUTTING_DOWN", f"The pool's server at {address} is gone: {gone}.{may}")
