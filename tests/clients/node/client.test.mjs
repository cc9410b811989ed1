// The client against the real server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createServer } from "node:net";
import { join } from "node:path";
import { Server } from "./server.mjs";

const { Client, MemoryEngineError } = await import(pathToFileURL(`${process.env.MEMENGINE_NODE}/dist/memengine.js`).href);
const unknown = "01900000-0000-7000-8000-000000000001";
const met = (code, kind) => (error) => error instanceof MemoryEngineError && error.code === code && error.kind === kind;
let server, client;

async function all(values) {
  const list = [];
  for await (const value of values) list.push(value);
  return list;
}

before(async () => {
  server = await Server.start();
  client = await Client.connect(server.pool);
});

after(async () => {
  await client.close();
  await server.close();
});

test("what is remembered is recalled, verified and read", async () => {
  const made = await client.remember({
    text: "Retry only what is idempotent.", domain: "backend/go", tags: ["http"], requires: { language: "go" }, extra: '{"mine":1}',
  });
  assert.deepEqual([made.outcome, made.version], ["added", 1]);
  const found = await client.recall("which calls may be retried when idempotent", { domain: "backend/go", explain: true });
  assert.deepEqual([found.memories[0].id, found.memories[0].verdict], [made.id, "accepted"]);
  assert.equal(typeof found.memories[0].scores.fused, "number");
  const [verdict] = await client.verify([made.id], { domain: "web/typescript", mode: "cross", context: { language: "typescript" } });
  assert.equal(verdict.verdict, "rejected");
  assert.ok(verdict.reasons.includes("precondition_contradicts"));
  const memory = await client.get(made.id);
  assert.deepEqual([memory.domain, memory.tags, memory.extra, memory.is_current], ["backend/go", ["http"], '{"mine":1}', true]);
});

test("an outcome is reported once", async () => {
  const made = await client.remember({ text: "Read the error before the code.", domain: "habits" });
  const { transfer } = await client.recall("what to read first", { domain: "habits", task: "t", experiment: { design: "off" } });
  const outcome = { transfer, score: 1, used: [made.id, unknown], seconds: 2.5 };
  assert.deepEqual(await client.report(outcome), { result: "counted", not_injected: [unknown] });
  assert.equal((await client.report(outcome)).result, "repeated");
  assert.equal((await client.report({ transfer, score: 0 })).result, "conflicting");
  const story = await client.why(transfer);
  assert.deepEqual([story.outcome.score, story.transfer.task], [1, "t"]);
  assert.ok(story.transfer.candidates.some((c) => c.id === made.id && c.fate === "injected"));
  await assert.rejects(client.why(unknown), met(3001, "NOT_FOUND"));
  await assert.rejects(client.report({ transfer, scoer: 1 }), TypeError);
  assert.equal((await client.recall("x", { record: false })).transfer, undefined);
});

test("versions, lives and lists", async () => {
  const made = await client.remember({ text: "one", domain: "lives" });
  assert.equal((await client.revise({ id: made.id, text: "two", domain: "lives" }, 1)).version, 2);
  assert.deepEqual((await client.history(made.id)).map((m) => m.text), ["one", "two"]);
  assert.equal((await client.get(made.id, { version: 1 })).text, "one");
  assert.deepEqual(
    [await client.forget(made.id), await client.forget(made.id), await client.restore(made.id), await client.restore(made.id)],
    [true, false, true, false]);
  assert.deepEqual((await all(client.list({ domain: "lives" }))).map((m) => m.text), ["two"]);
  await assert.rejects(client.revise({ id: made.id, text: "three" }, 1), met(3002, "CONFLICT"));
});

test("a list goes over its pages", async () => {
  const made = await client.rememberMany(Array.from({ length: 600 }, (_, i) => ({ text: `memory ${i}`, domain: "pages" })));
  assert.deepEqual((await all(client.list({ domain: "pages" }))).map((m) => m.id), made.map((m) => m.id));
});

test("many at once are answered each with its own", async () => {
  const made = await Promise.all(Array.from({ length: 400 }, (_, i) => client.remember({ text: `at once ${i}` })));
  const read = await Promise.all(made.map((m) => client.get(m.id)));
  assert.deepEqual(read.map((m) => m.text), Array.from({ length: 400 }, (_, i) => `at once ${i}`));
});

test("an idempotency key answers with the first result", async () => {
  const first = await client.remember({ text: "once", idempotency_key: "node" });
  assert.deepEqual(await client.remember({ text: "once", idempotency_key: "node" }), first);
  await assert.rejects(client.remember({ text: "other", idempotency_key: "node" }), met(3002, "CONFLICT"));
});

test("snapshots and maintenance", async () => {
  const made = await client.remember({ text: "before", domain: "snapshots" });
  assert.equal((await client.snapshotCreate("one")).name, "one");
  const later = await client.remember({ text: "after", domain: "snapshots" });
  assert.ok((await client.snapshotDiff("one")).added.includes(later.id));
  assert.deepEqual((await all(client.list({ domain: "snapshots", as_of: "one" }))).map((m) => m.id), [made.id]);
  const { undo } = await client.snapshotRollback("one");
  await client.snapshotRollback(undo);
  assert.ok((await client.snapshotList()).some((s) => s.name === "one"));
  await client.snapshotDrop("one");
  await assert.rejects(client.stats({ as_of: "one" }), met(3001, "NOT_FOUND"));
  assert.ok((await client.compact({ keep_versions_us: 0 })).journal_bytes > 0);
  assert.ok("record_bytes" in (await client.maintain()));
  assert.ok((await client.backup(join(server.directory, "copy"))).bytes > 0);
  // The built-in embedder needs no re-embedding, and says so.
  await assert.rejects(client.reembed({ batch_texts: 8 }), met(2001, "INVALID_ARGUMENT"));
  assert.equal((await client.check()).ok, true);
  assert.equal((await client.stats()).health, "ready");
  const advice = await client.advise({ scenario: "long-edit" });
  assert.deepEqual([advice.mode, advice.risk, advice.provisional], ["single", "medium", true]);
  assert.ok(advice.gates.some(gate => gate.name === "hybrid_ntr" && gate.verdict === "insufficient" && gate.value === undefined));
  assert.deepEqual(advice.domain_variance.map((v) => v.level), [1, 2, 3, 4]);
  // Insights of which no domain has more than one say nothing, and those of one domain neither.
  assert.ok(advice.domain_variance.every((v) => v.explained === undefined || v.memories - v.domains >= 20));
  const evidence = await client.evidence({ memories: 5, pass_value: 2, upkeep: 0.5 });
  assert.ok(evidence.measures.some((f) => f.name === "tasks" && f.value === f.low && f.n > 0));
  assert.deepEqual(evidence.modes.map((m) => m.mode), ["single", "cross", "hybrid"]);
  assert.ok(evidence.economy.some((f) => f.name === "return_on_investment" && f.value === undefined));
  await assert.rejects(client.evidence({ upkeep: 0 }), met(2001, "INVALID_ARGUMENT"));
  await client.ping();
});

test("errors are exceptions with codes", async () => {
  await assert.rejects(client.get(unknown), met(3001, "NOT_FOUND"));
  await assert.rejects(client.remember({ text: " " }), met(2001, "INVALID_ARGUMENT"));
  await assert.rejects(client.recall("x", { k: 0 }), met(2001, "INVALID_ARGUMENT"));
  await assert.rejects(client.recall("x", { domian: "a" }), TypeError);
  await assert.rejects(client.remember({ txet: "x" }), TypeError);
  await assert.rejects(client.remember({ text: "x".repeat(17 << 20) }), met(2001, "INVALID_ARGUMENT"));
});

test("a call that is aborted ends at once, and the others go on", async () => {
  const abort = new AbortController();
  const checks = Array.from({ length: 8 }, (_, i) => client.check(i === 0 ? { signal: abort.signal } : undefined));
  setImmediate(() => abort.abort());
  await assert.rejects(checks[0], { name: "AbortError" });
  assert.ok((await Promise.all(checks.slice(1))).every((c) => c.ok));
});

test("changes are told in order, and again from a sequence on", async () => {
  const changes = await client.subscribe();
  const made = await client.remember({ text: "told" });
  await client.forget(made.id);
  const told = [(await changes.next()).value, (await changes.next()).value];
  await changes.return();
  assert.deepEqual(told.map((c) => [c.kind, c.id]), [["added", made.id], ["forgotten", made.id]]);
  const again = await client.subscribe(told[0].sequence);
  assert.deepEqual((await again.next()).value, told[1]);
  await again.return();
});

test("a killed server loses nothing, and calls go on", async () => {
  const own = await Server.start();
  const patient = await Client.connect(own.pool, { reconnect_ms: 120_000 });
  const changes = await patient.subscribe();
  const made = [];
  let stop = false;
  const writing = (async () => {
    while (!stop) made.push(await patient.remember({ text: `memory ${made.length}` }));
  })();
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await own.end("SIGKILL");
    await own.start();
  }
  stop = true;
  await writing;
  const kept = (await all(patient.list())).map((m) => m.id);
  assert.deepEqual(kept.toSorted(), made.map((m) => m.id).toSorted());
  assert.deepEqual([...new Set(made.map((m) => m.outcome))], ["added"]);
  const told = [];
  while (told.length < kept.length) told.push((await changes.next()).value.id);
  assert.deepEqual(told, kept);
  await changes.return();
  await patient.close();
  await own.close();
});

test("a server that hangs meets the deadline, and where nobody is, nobody answers", async () => {
  const path = join(server.directory, "hangs");
  const hanging = createServer(() => {}).listen(path);
  await assert.rejects(Client.connect(path, { deadline_ms: 50 }), met(4002, "DEADLINE_EXCEEDED"));
  hanging.close();
  await assert.rejects(Client.connect(join(server.directory, "nobody"), { reconnect_ms: 0 }), (e) => met(4004, "SHUTTING_DOWN")(e) && e.retryable);
});
