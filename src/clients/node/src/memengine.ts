/**
 * The client of a MemoryEngine pool that `memengine serve` owns, over its Unix socket or named pipe. It has a method for each of the
 * protocol's (docs/protocol.md); parameters and results are the protocol's maps, vectors are Float32Arrays. What goes wrong is a
 * MemoryEngineError with a code.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "./connection.js";
import { Gone, MemoryEngineError } from "./errors.js";
import type {
  Advice, Backup, CallOptions, Change, Check, ClientOptions, Compacted, Content, Evidence, EvidenceOptions, Memory, Mode, Outcome, Recall,
  RecallOptions, ReembedOptions, Reembedded, Remembered, Reported, Rollback, Snapshot, SnapshotDiff, State, Stats, Verdict, Why,
} from "./types.js";
import { newId, toContent, toNumbers, toOptions, toOutcome } from "./values.js";

export { MemoryEngineError } from "./errors.js";
export type * from "./types.js";

const PAGE = 256;

/** A pool that a server owns. Calls made at once are under way at once, over one connection, which is made anew when it broke. */
export class Client {
  readonly #pool: string;
  readonly #options: ClientOptions;
  readonly #queue: (() => void)[] = [];
  #room: number;
  #connection: Promise<Connection> | undefined;

  private constructor(pool: string, options: ClientOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#room = options.max_in_flight ?? 128;
  }

  /** Connects to the server of a pool's directory, or to a socket or pipe. */
  static async connect(pool: string, options: ClientOptions = {}): Promise<Client> {
    const client = new Client(pool, options);
    try {
      await client.#connect();
      return client;
    } catch (error) {
      throw error instanceof Gone ? client.#unavailable(error, false) : error;
    }
  }

  async ping(call?: CallOptions): Promise<void> {
    await this.#call("memory.ping", {}, true, call);
  }

  /** Remembers one memory, and returns when it is durable. */
  async remember(memory: Content, call?: CallOptions): Promise<Remembered> {
    const { content, isNew } = withId(memory);
    return asAdded((await this.#call("memory.remember", content, true, call)) as unknown as Remembered, isNew);
  }

  async rememberMany(memories: readonly Content[], call?: CallOptions): Promise<Remembered[]> {
    const made = memories.map(withId);
    const reply = await this.#call("memory.remember_many", { memories: made.map((m) => m.content) }, true, call);
    return (reply["results"] as Remembered[]).map((one, i) => asAdded(one, made[i]!.isNew));
  }

  /** Gives a memory a new version: the whole content, what is left out is gone. */
  async revise(memory: Content & { id: string }, expected_version?: number, call?: CallOptions): Promise<Remembered> {
    const repeatable = expected_version === undefined || memory.idempotency_key !== undefined;
    return (await this.#call("memory.revise", { ...toContent(memory), expected_version }, repeatable, call)) as unknown as Remembered;
  }

  /** Finds the memories that help with a task, best first. The query may be left out beside a vector. */
  async recall(query: string | undefined, options: RecallOptions = {}, call?: CallOptions): Promise<Recall> {
    return (await this.#call("memory.recall", { query, ...toOptions(options) }, true, call)) as unknown as Recall;
  }

  async verify(
    ids: readonly string[], task: { domain?: string; mode?: Mode; context?: Record<string, string> } = {}, call?: CallOptions,
  ): Promise<Verdict[]> {
    return (await this.#call("memory.verify", { ids, ...task }, true, call))["verdicts"] as Verdict[];
  }

  /** Tells what came of a transfer. The first outcome counts. */
  async report(outcome: Outcome, call?: CallOptions): Promise<Reported> {
    return (await this.#call("memory.report", toOutcome(outcome), true, call)) as unknown as Reported;
  }

  /** A transfer, what came of it, and what is known of the effect of its memories. */
  async why(transfer: string, call?: CallOptions): Promise<Why> {
    return (await this.#call("memory.why", { transfer }, true, call)) as unknown as Why;
  }

  async get(id: string, options: { version?: number; as_of?: string } = {}, call?: CallOptions): Promise<Memory> {
    return asMemory(await this.#call("memory.get", { id, ...options }, true, call));
  }

  async history(id: string, options: { as_of?: string } = {}, call?: CallOptions): Promise<Memory[]> {
    return ((await this.#call("memory.history", { id, ...options }, true, call))["versions"] as Record<string, unknown>[]).map(asMemory);
  }

  /** False when it was forgotten already. */
  async forget(id: string, call?: CallOptions): Promise<boolean> {
    return (await this.#call("memory.forget", { id }, true, call))["forgotten"] as boolean;
  }

  /** False when it was not forgotten. */
  async restore(id: string, call?: CallOptions): Promise<boolean> {
    return (await this.#call("memory.restore", { id }, true, call))["restored"] as boolean;
  }

  /** The memories in the order they were remembered, fetched a page at a time. */
  async *list(
    filter: { domain?: string; level?: number; state?: State | "all"; as_of?: string } = {}, call?: CallOptions,
  ): AsyncGenerator<Memory, void, void> {
    let after: number | undefined;
    do {
      const page = await this.#call("memory.list", { ...filter, after, limit: PAGE }, true, call);
      for (const memory of page["memories"] as Record<string, unknown>[]) yield asMemory(memory);
      after = page["next"] as number | undefined;
    } while (after !== undefined);
  }

  async stats(options: { as_of?: string } = {}, call?: CallOptions): Promise<Stats> {
    return (await this.#call("memory.stats", { ...options }, true, call)) as unknown as Stats;
  }

  /** The mode that the pool is ready for, by which gates, and what a better one takes. */
  async advise(options: { scenario?: string } = {}, call?: CallOptions): Promise<Advice> {
    return (await this.#call("memory.advise", { ...options }, true, call)) as unknown as Advice;
  }

  /** What the pool's outcomes add up to, at the prices given. */
  async evidence(options: EvidenceOptions = {}, call?: CallOptions): Promise<Evidence> {
    return (await this.#call("memory.evidence", { ...options }, true, call)) as unknown as Evidence;
  }

  async check(call?: CallOptions): Promise<Check> {
    return (await this.#call("memory.check", {}, true, call)) as unknown as Check;
  }

  async compact(options: { keep_versions_us?: number } = {}, call?: CallOptions): Promise<Compacted> {
    return (await this.#call("memory.compact", { ...options }, false, call)) as unknown as Compacted;
  }

  async maintain(call?: CallOptions): Promise<Compacted> {
    return (await this.#call("memory.maintain", {}, false, call)) as unknown as Compacted;
  }

  async backup(path: string, call?: CallOptions): Promise<Backup> {
    return (await this.#call("memory.backup", { path }, false, call)) as unknown as Backup;
  }

  async reembed(options: ReembedOptions = {}, call?: CallOptions): Promise<Reembedded> {
    return (await this.#call("memory.reembed", { ...options }, false, call)) as unknown as Reembedded;
  }

  async snapshotCreate(name: string, call?: CallOptions): Promise<Snapshot> {
    return (await this.#call("memory.snapshot.create", { name }, false, call)) as unknown as Snapshot;
  }

  async snapshotList(call?: CallOptions): Promise<Snapshot[]> {
    return (await this.#call("memory.snapshot.list", {}, true, call))["snapshots"] as Snapshot[];
  }

  async snapshotDrop(name: string, call?: CallOptions): Promise<void> {
    await this.#call("memory.snapshot.drop", { name }, false, call);
  }

  async snapshotDiff(earlier: string, later?: string, call?: CallOptions): Promise<SnapshotDiff> {
    return (await this.#call("memory.snapshot.diff", { earlier, later }, true, call)) as unknown as SnapshotDiff;
  }

  async snapshotRollback(name: string, call?: CallOptions): Promise<Rollback> {
    return (await this.#call("memory.snapshot.rollback", { name }, false, call)) as unknown as Rollback;
  }

  /**
   * What changes from now on, or after a sequence, over a connection of its own; leaving the loop ends it. The subscription stands when
   * this returns: what happens from then on is told.
   */
  async subscribe(after?: number): Promise<AsyncGenerator<Change, void, void>> {
    return this.#changes(await this.#subscribed(after));
  }

  /** Closes the connection; the next call makes a new one. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    (await connection?.catch(() => undefined))?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async *#changes(subscribed: { connection: Connection; after: number }): AsyncGenerator<Change, void, void> {
    let { connection, after } = subscribed;
    try {
      while (true) {
        for await (const change of connection.changes()) {
          after = change.sequence;
          yield change;
        }
        ({ connection, after } = await this.#subscribed(after));
      }
    } finally {
      connection.close();
    }
  }

  async #subscribed(after: number | undefined): Promise<{ connection: Connection; after: number }> {
    return await this.#repeated(true, async () => {
      const connection = await this.#open();
      try {
        return { connection, after: (await connection.call("memory.subscribe", { after }))["sequence"] as number };
      } catch (error) {
        connection.close();
        throw error;
      }
    });
  }

  async #call(method: string, params: Record<string, unknown>, repeatable: boolean, call: CallOptions = {}): Promise<Record<string, unknown>> {
    const deadline_ms = call.deadline_ms ?? this.#options.deadline_ms;
    await this.#takeRoom();
    try {
      const attempt = async () => (await this.#connect()).call(method, { ...params, deadline_ms }, call.signal);
      return await this.#repeated(repeatable, attempt, call.signal);
    } finally {
      this.#giveRoom();
    }
  }

  async #repeated<T>(repeatable: boolean, attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const end = Date.now() + (this.#options.reconnect_ms ?? 5000);
    let sent = false;
    for (let pause = 10; ; pause = Math.min(2 * pause, 500)) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Gone)) throw error;
        sent ||= error.sent;
        if ((sent && !repeatable) || Date.now() + pause > end) throw this.#unavailable(error, sent);
        await sleep(pause, undefined, { signal });
      }
    }
  }

  async #connect(): Promise<Connection> {
    while (true) {
      const pending = (this.#connection ??= this.#open());
      try {
        const connection = await pending;
        if (connection.isOpen) return connection;
        if (this.#connection === pending) this.#connection = undefined;
      } catch (error) {
        if (this.#connection === pending) this.#connection = undefined;
        throw error;
      }
    }
  }

  async #open(): Promise<Connection> {
    const { name = "memengine-node", token, deadline_ms } = this.#options;
    return await Connection.open(await address(this.#pool), name, token, deadline_ms);
  }

  async #takeRoom(): Promise<void> {
    if (this.#room > 0) this.#room--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  #giveRoom(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#room++;
  }

  #unavailable(gone: Gone, sent: boolean): MemoryEngineError {
    const may = sent ? " What was asked for may have happened." : "";
    return new MemoryEngineError(4004, "SHUTTING_DOWN", `The pool's server at ${this.#pool} is gone: ${gone.message}.${may}`, { cause: gone });
  }
}

/** A socket's path, or that of the server that owns a pool's directory. */
async function address(pool: string): Promise<string> {
  const isDirectory = await stat(pool).then((s) => s.isDirectory(), () => false);
  if (!isDirectory) return pool;
  try {
    const owner = JSON.parse(await readFile(join(pool, "LOCK"), "utf8")) as { Pipe?: string };
    if (owner.Pipe) return owner.Pipe;
  } catch (error) {
    throw new Gone(`its lock file cannot be read: ${error instanceof Error ? error.message : String(error)}`, false);
  }
  throw new Gone(`nobody serves it; start 'memengine serve --pool ${pool}'`, false);
}

/** A memory without an id and an idempotency key gets its id here, so that remembering it twice is once. */
function withId(memory: Content): { content: Record<string, unknown>; isNew: boolean } {
  const isNew = memory.id === undefined && memory.idempotency_key === undefined;
  return { content: toContent(isNew ? { ...memory, id: newId() } : memory), isNew };
}

/** An id that was made for this call is in the pool already only if the call was repeated. */
function asAdded(reply: Remembered, isNew: boolean): Remembered {
  return isNew && reply.outcome === "unchanged" ? { ...reply, outcome: "added" } : reply;
}

function asMemory(view: Record<string, unknown>): Memory {
  const vectors = view["vectors"] as Record<string, Uint8Array> | undefined;
  if (vectors) view["vectors"] = Object.fromEntries(Object.entries(vectors).map(([space, bytes]) => [space, toNumbers(bytes)]));
  return view as unknown as Memory;
}
