"""What goes in and what comes out: the protocol's maps, with its names. docs/protocol.md says what each field means."""

from __future__ import annotations

import uuid
from typing import Any, Dict, List, Mapping, Sequence, TypedDict, Union

Vector = Union[bytes, bytearray, memoryview, Sequence[float]]
Id = Union[str, uuid.UUID]


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
    id: Id


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
