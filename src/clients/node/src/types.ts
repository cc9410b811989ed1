/** What goes in and what comes out: the protocol's maps, with its names. docs/protocol.md says what each field means. */

/** Little-endian float32s as bytes, or numbers. */
export type Vector = Float32Array | readonly number[] | Uint8Array;

export interface Content {
  id?: string;
  format?: "trajectory" | "workflow" | "summary" | "insight";
  /** 1 trace, 2 procedure, 3 insight, 4 strategy. */
  level?: number;
  domain?: string;
  task?: string;
  title?: string;
  key?: string;
  text: string;
  model?: string;
  contributor?: string;
  expires_us?: number;
  result?: "pass" | "fail";
  requires?: Record<string, string>;
  tags?: readonly string[];
  source?: string;
  license?: string;
  vectors?: Record<string, Vector>;
  /** A JSON object of fields that the pool keeps without knowing them. */
  extra?: string;
  idempotency_key?: string;
}

export type State = "active" | "suspect" | "quarantined" | "tombstoned";

export interface Memory extends Content {
  id: string;
  vectors?: Record<string, Float32Array>;
  version: number;
  state: State;
  created_us: number;
  is_current: boolean;
  record: number;
}

export interface Remembered {
  id: string;
  version: number;
  outcome: "added" | "revised" | "unchanged" | "restored";
  sequence: number;
  note?: string;
}

export type Mode = "auto" | "single" | "cross" | "hybrid";

export interface RecallOptions {
  domain?: string;
  k?: number;
  mode?: Mode;
  scenario?: "default" | "single-task" | "long-edit" | "cross-domain" | "new-task";
  level?: number | readonly [number, number];
  format?: string;
  model?: string;
  tag?: string;
  language?: string;
  within_domain?: string;
  exclude_domain?: string;
  context?: Record<string, string>;
  pins?: readonly { id: string; version?: number }[];
  min_score?: number;
  by_effect?: boolean;
  diversity?: number;
  exploration?: number;
  space?: string;
  vector?: Vector;
  vectors?: readonly { space: string; vector: Vector; weight?: number }[];
  text_weight?: number;
  as_of?: string;
  /** The task that asks, by whatever name its runs share. */
  task?: string;
  consumer_model?: string;
  experiment?: Experiment;
  record?: boolean;
  explain?: boolean;
}

export type Design = "off" | "withhold" | "factorial";

export interface Experiment {
  design: Design;
  withhold?: number;
  withhold_watched?: number;
  hold_out_share?: number;
  min_tasks?: number;
}

export interface Outcome {
  transfer: string;
  /** 0 (failed) to 1 (passed). */
  score: number;
  judge?: "verifier" | "model";
  judge_model?: string;
  used?: readonly string[];
  used_inferred?: boolean;
  failure?: "domain_mismatched_anchoring" | "false_validation_confidence" | "misapplied_practice";
  tokens?: number;
  seconds?: number;
  steps?: number;
  first_edit_seconds?: number;
  cost?: number;
}

export interface Reported {
  result: "counted" | "repeated" | "conflicting" | "unknown";
  not_injected?: string[];
}

export interface Reasons {
  verdict: "accepted" | "rejected" | "undecided";
  reasons?: string[];
  details?: Record<string, string>;
}

export interface Scores {
  vector?: number;
  bm25?: number;
  fused: number;
  vector_rank?: number;
  bm25_rank?: number;
}

export interface Recalled extends Memory, Reasons {
  scores: Scores;
}

export interface LeftOut extends Reasons {
  id: string;
  version: number;
  level: number;
  domain?: string;
  scores: Scores;
}

export interface SearchStep {
  part: string;
  space?: string;
  rows: number;
  matching: number;
  way: string;
  code_distances: number;
  float_distances: number;
}

export interface Recall {
  transfer?: string;
  recorded: boolean;
  held_out?: boolean;
  withheld?: number;
  mode: Mode;
  memories: Recalled[];
  left_out?: LeftOut[];
  considered: number;
  sequence: number;
  notes?: string[];
  plan?: SearchStep[];
  micros: { search: number; verify: number; total: number };
}

export interface Verdict extends Reasons {
  id: string;
  version: number;
  specificity?: { value: number; paths: number; identifiers: number; literals: number; numbers: number; code: number };
}

export interface Candidate {
  id: string;
  version: number;
  level: number;
  domain?: string;
  producer_model?: string;
  contributor?: string;
  scores: Scores;
  probability: number;
  fate: "injected" | "withheld" | "left_out";
  reasons?: string[];
}

export interface Effect {
  id: string;
  version: number;
  state: State;
  appearances: number;
  effect?: number;
  low: number;
  high: number;
  control_rate?: number;
  harm_e: number;
  help_e: number;
}

export interface Why {
  transfer: {
    id: string;
    at_us: number;
    task?: string;
    domain?: string;
    mode: Mode;
    scenario: string;
    consumer_model?: string;
    modality: string;
    design: Design;
    /** An integer of 64 bits, in decimal. */
    seed: string;
    held_out: boolean;
    hold_out_share: number;
    pool_tasks: number;
    candidates: Candidate[];
    micros: { search: number; verify: number; total: number };
  };
  outcome?: Outcome;
  reported_us?: number;
  effects: Effect[];
}

/** A figure held against a limit. */
export interface Gate {
  name: string;
  value?: number;
  low?: number;
  high?: number;
  limit: number;
  article?: number;
  verdict: "insufficient" | "pass" | "fail";
  needed?: number;
}

/** How much of the variance of a level's vectors the memories' domain explains. */
export interface DomainVariance {
  level: number;
  memories: number;
  domains: number;
  explained?: number;
  raw?: number;
}

export interface Advice {
  mode: Mode;
  risk: "low" | "medium" | "high";
  provisional: boolean;
  cross_model: boolean;
  gates: Gate[];
  reasons?: string[];
  domain_variance?: DomainVariance[];
}

/** A measured figure with its 95 % interval; what was not measured has no value. */
export interface Figure {
  name: string;
  value?: number;
  low?: number;
  high?: number;
  n: number;
  article?: string;
}

export interface EvidenceOptions {
  memories?: number;
  pass_value?: number;
  upkeep?: number;
}

/** What a pool's outcomes add up to. */
export interface Evidence {
  at_us: number;
  outcomes: number;
  controls: number;
  window_us: number;
  kept: number;
  measures: Figure[];
  modes: {
    mode: Mode;
    gain: Figure;
    loss: Figure;
    risk: Advice["risk"];
    article_risk: Advice["risk"];
    utilisation: Figure;
    used_of_injected: Figure;
  }[];
  groups: { group: string; key: string; gain: Figure }[];
  models: { producer: string; consumer: string; outcome: Figure; lift: Figure }[];
  economy: Figure[];
  contributors: { contributor: string; passes: number; tasks: number; influence: number }[];
  judges: { model: string; gain: Figure }[];
  failures?: Record<string, number>;
  measured_memories: number;
  memories: { effect: Effect; level: number; domain: string; passes: number; needed: number }[];
  removals: { decision: Decision; failures_before?: number; failures_since?: number; outcomes: number }[];
}

export interface Stats {
  pool_id: string;
  memories: number;
  records: number;
  by_level?: Record<string, number>;
  by_domain?: Record<string, number>;
  tasks: number;
  sequence: number;
  bytes: { journal: number; records: number; segments: number };
  unembedded: number;
  embedder_problem?: string;
  opening_notes?: string[];
  spaces: { name: string; dimension: number; metric: string; embedder: string; revision?: string; modality: string }[];
  tiers: { tier: string; bytes: number; reads: number }[];
  health: string;
}

export interface Check {
  ok: boolean;
  bytes: number;
  problems: { file: string; offset: number; what: string; consequence: string }[];
}

export interface Compacted {
  journal_bytes_before: number;
  journal_bytes: number;
  record_bytes_before: number;
  record_bytes: number;
  versions_dropped: number;
  events_dropped: number;
  /** Only of a maintenance. */
  cleanup?: { actions: CleanupAction[] };
}

export interface Decision {
  id: string;
  version: number;
  domain?: string;
  from: State;
  to: State;
  reason: string;
  at_us: number;
  e_value: number;
  effect?: number;
  low: number;
  high: number;
  appearances: number;
  failures: number;
  note?: string;
}

export interface CleanupAction {
  decision: Decision;
  title?: string;
  consequence: string;
  undo: string;
  is_gone?: boolean;
  found_by?: string;
}

export interface Backup {
  path: string;
  sequence: number;
  memories: number;
  bytes: number;
}

export interface ReembedOptions {
  batch_texts?: number;
  texts_per_second?: number;
  drop_old?: boolean;
}

export interface Reembedded {
  embedder: string;
  embedder_revision: string;
  embedded: number;
  already: number;
  skipped: number;
  skipped_because?: string;
  switched: boolean;
  dropped_spaces: number;
}

export interface Snapshot {
  name: string;
  sequence: number;
  created_us: number;
  memories: number;
}

export interface SnapshotDiff {
  added: string[];
  revised: string[];
  removed: string[];
  changed: string[];
}

export interface Rollback {
  snapshot: string;
  undo: string;
  sequence: number;
}

export interface Change {
  sequence: number;
  kind: "added" | "revised" | "forgotten" | "restored" | "purged" | "resync";
  id?: string;
  version?: number;
}

/** What a call may say beside its parameters. */
export interface CallOptions {
  /** Ends the call, and tells the server so; a write may have happened. */
  signal?: AbortSignal;
  /** Milliseconds that the call may take; that of the client when absent. */
  deadline_ms?: number;
}

export interface ClientOptions {
  /** What a server that asks for one takes as proof. */
  token?: string;
  /** Milliseconds that a call may take; absent, it waits as long as the server does. */
  deadline_ms?: number;
  /** Milliseconds for which a call tries to reach the server again when the connection broke: 5,000, and 0 does not try. */
  reconnect_ms?: number;
  /** Requests under way at once, 128; more wait here. */
  max_in_flight?: number;
  /** What the client calls itself, for the server's logs. */
  name?: string;
}
