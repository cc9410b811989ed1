// Several servers on one pool: the first owns it, the others go through its pipe, and one takes over when it goes.
import assert from "node:assert/strict";
import test from "node:test";
import { poolOf, Server, sleep, ToolError } from "./server.mjs";

const access = async server => (await server.call("memory_stats")).access;

async function listAll(server) {
  const memories = [];
  for (let offset = 0; offset !== undefined;) {
    const page = await server.call("list_memories", { limit: 200, offset });
    memories.push(...page.memories);
    offset = page.next_offset;
  }
  return memories;
}

test("two servers serve one pool at once, by every tool", async t => {
  const pool = poolOf(t);
  const first = await Server.start(t, pool);
  assert.equal(await access(first), "owner");
  const second = await Server.start(t, pool);
  assert.equal(await access(second), "pipe");

  const ids = (await Promise.all(Array.from({ length: 40 }, (_, i) =>
    [first, second][i % 2].call("add_memory", { text: `Lesson ${i}: bound every queue.`, domain: "backend/go" })))).map(a => a.id);
  assert.equal(new Set(ids).size, 40);
  for (const server of [first, second]) assert.deepEqual((await listAll(server)).map(m => m.id).sort(), [...ids].sort());

  // What one does the other sees at once, by each tool through the pipe.
  const found = await second.call("search_memories", { query: "bound queue", domain: "backend/go", k: 1, explain: true });
  const { id } = found.memories[0];
  assert.equal((await second.call("update_memory", { id, text: "Measure, then bound every queue.", version: 1 })).version, 2);
  assert.equal((await first.call("get_memory", { id, history: true })).versions.length, 2);
  assert.equal((await second.call("get_memory", { id })).contributor, "sdk-test");
  const reported = await second.call("report_outcome", { transfer: found.transfer, score: 0, judged_by: "model", used: [id] });
  assert.equal(reported.result, "counted");
  assert.equal((await first.call("report_outcome", { transfer: found.transfer, score: 0, judged_by: "model", used: [id] })).result, "repeated");
  assert.equal((await second.call("why_transfer", { transfer: found.transfer })).outcome.judged_by, "model:sdk-test");
  assert.equal((await second.call("verify_memory", { ids: [id] })).verdicts[0].verdict, "accepted");
  await second.call("create_snapshot", { name: "all" });
  await assert.rejects(second.call("create_snapshot", { name: "all" }), ToolError);
  assert.equal((await second.call("delete_memory", { id })).deleted, true);
  assert.equal((await first.call("memory_stats")).memories, 39);
  await second.call("rollback_snapshot", { name: "all" });
  assert.equal((await first.call("memory_stats")).memories, 40);
  await assert.rejects(second.call("get_memory", { id: "01900000-0000-7000-8000-000000000001" }), /not_found: /);
});

for (const how of ["SIGKILL", "SIGTERM", "its input's end"]) {
  test(`an owner that goes by ${how} in the middle loses nothing that was acknowledged, and another takes over`, { timeout: 600_000 }, async t => {
    const pool = poolOf(t);
    const owner = await Server.start(t, pool);
    await owner.call("memory_stats");
    const others = [await Server.start(t, pool), await Server.start(t, pool)];
    for (const other of others) assert.equal(await access(other), "pipe");

    const acknowledged = [];
    const failed = [];
    let going = true;
    const write = async (server, name) => {
      for (let i = 0; going || i < 30; i++) {
        const text = `${name} learned lesson ${i}.`;
        try {
          acknowledged.push({ text, id: (await server.call("add_memory", { text })).id });
        } catch (error) {
          failed.push({ server, text, error });
          if (server === owner) return;
        }
      }
    };
    const read = async server => {
      while (going) assert.ok(Array.isArray((await server.call("search_memories", { query: "lesson learned" })).memories));
    };
    const work = [write(owner, "owner"), write(others[0], "first"), write(others[1], "second"), read(others[0]), read(others[1])];
    await sleep(700);
    if (how.startsWith("SIG")) await owner.kill(how);
    else await owner.client.close();
    await sleep(1500);
    going = false;
    await Promise.all(work);

    // The calls of the others were made again; the caller noticed nothing.
    assert.deepEqual(failed.filter(f => f.server !== owner).map(f => f.error.message), []);
    const roles = [await access(others[0]), await access(others[1])];
    assert.deepEqual(roles.sort(), ["owner", "pipe"]);
    const kept = new Map((await listAll(others[0])).map(m => [m.id, m.preview]));
    for (const { id, text } of acknowledged) assert.equal(kept.get(id), text);
    // Each text once: what was repeated was not added twice.
    assert.equal(new Set(kept.values()).size, kept.size);
    t.diagnostic(`${acknowledged.length} writes were acknowledged, ${kept.size} are there, ${failed.length} failed with the owner`);
  });
}

test("a server that was started while another owned the pool goes on alone", async t => {
  const pool = poolOf(t);
  const first = await Server.start(t, pool);
  const { id } = await first.call("add_memory", { text: "Bound every queue." });
  const second = await Server.start(t, pool);
  await second.call("get_memory", { id });
  await first.client.close();
  assert.equal((await second.call("get_memory", { id })).text, "Bound every queue.");
  assert.equal(await access(second), "owner");
  // And a third one goes through it.
  const third = await Server.start(t, pool);
  assert.equal(await access(third), "pipe");
  assert.equal((await third.call("create_snapshot", { name: "now" })).memories, 1);
});
