// Every tool, by the official client, which checks each answer against the schema that the tool states.
import assert from "node:assert/strict";
import test from "node:test";
import { poolOf, Server, ToolError } from "./server.mjs";

const unknown = "01900000-0000-7000-8000-000000000001";

test("every tool does what it says", async t => {
  const server = await Server.start(t, poolOf(t));
  const called = new Set();
  const call = (name, args) => {
    called.add(name);
    return server.call(name, args);
  };

  const leak = await call("add_memory", {
    text: "Close the response body, or the connection pool runs dry.",
    key: "connections leak after HTTP calls",
    domain: "backend/go",
    tags: ["http"],
    requires: { language: "go" },
  });
  assert.equal(leak.outcome, "added");
  const other = await call("add_memory", { text: "Bound every queue, and say what happens when it is full.", domain: "backend/go" });

  const found = await call("search_memories", { query: "HTTP connections leak", domain: "backend/go", language: "go", explain: true });
  assert.equal(found.memories[0].id, leak.id);
  assert.equal(found.memories[0].version, 1);
  assert.ok(Array.isArray(found.left_out));

  const reported = await call("report_outcome", { transfer: found.transfer, score: 1, judged_by: "verifier", used: [leak.id] });
  assert.deepEqual([reported.result, reported.not_injected], ["counted", []]);
  const why = await call("why_transfer", { transfer: found.transfer });
  assert.equal(why.candidates.find(c => c.id === leak.id).fate, "injected");
  assert.deepEqual(why.outcome.used, [leak.id]);

  const read = await call("get_memory", { id: leak.id, history: true });
  assert.equal(read.contributor, "sdk-test");
  assert.equal(read.versions.length, 1);

  const updated = await call("update_memory", { id: leak.id, text: "Close the response body on every path.", version: 1 });
  assert.deepEqual([updated.outcome, updated.version], ["revised", 2]);

  const verdicts = await call("verify_memory", { ids: [other.id, leak.id], domain: "backend/go", language: "python" });
  assert.deepEqual(verdicts.verdicts.map(v => v.verdict), ["accepted", "rejected"]);

  const advice = await call("advise", { scenario: "long-edit" });
  assert.deepEqual([advice.mode, advice.risk, advice.provisional], ["single", "medium", true]);
  assert.ok(advice.gates.some(gate => gate.name === "cross_tasks" && gate.limit === 500 && gate.verdict === "fail"));
  assert.deepEqual(advice.domain_variance.map(v => v.level), [1, 2, 3, 4]);

  const snapshot = await call("create_snapshot", { name: "before" });
  assert.equal(snapshot.memories, 2);
  assert.deepEqual(await call("delete_memory", { id: other.id }), { id: other.id, deleted: true });
  assert.deepEqual((await call("list_memories", {})).memories.map(m => m.id), [leak.id]);
  const rolled = await call("rollback_snapshot", { name: "before" });
  const stats = await call("memory_stats", {});
  assert.equal(stats.memories, 2);
  assert.ok(stats.snapshots.some(s => s.name === rolled.undo));

  assert.deepEqual([...called].sort(), server.tools.map(tool => tool.name).sort(), "every tool was called");
});

test("a bad call is an answer, and the server goes on", async t => {
  const server = await Server.start(t, poolOf(t));
  for (const [name, args, said] of [
    ["get_memory", {}, /needs the argument 'id'/],
    ["get_memory", { id: unknown }, /^not_found: /],
    ["add_memory", { text: "x", level: 9 }, /from 1 to 4/],
    ["search_memories", { query: "x", domian: "y" }, /takes no argument 'domian'/],
    ["rollback_snapshot", { name: "none" }, /memory_stats the snapshots/],
  ]) {
    await assert.rejects(server.call(name, args), error => error instanceof ToolError && said.test(error.message), name);
  }
  assert.equal(server.log, "");
  await assert.rejects(server.client.callTool({ name: "no_such_tool", arguments: {} }));
  assert.equal((await server.call("memory_stats")).memories, 0);
  assert.match(server.log, /^memengine: [^\n]*no_such_tool/);
});

test("instructions and the prompt teach the tools", async t => {
  const server = await Server.start(t, poolOf(t));
  assert.match(server.client.getInstructions(), /search_memories/);
  const { prompts } = await server.client.listPrompts();
  assert.deepEqual(prompts.map(p => p.name), ["use_memory"]);
  const prompt = await server.client.getPrompt({ name: "use_memory", arguments: { task: "Fix the leak.", domain: "backend/go" } });
  assert.match(prompt.messages[0].content.text, /add_memory[\s\S]*Fix the leak\./);
});

test("annotations say what a call can change", async t => {
  const server = await Server.start(t, poolOf(t));
  for (const tool of server.tools) {
    const { readOnlyHint, destructiveHint, openWorldHint } = tool.annotations;
    assert.equal(readOnlyHint, ["search_memories", "get_memory", "list_memories", "verify_memory", "memory_stats", "why_transfer", "advise"].includes(tool.name), tool.name);
    assert.equal(destructiveHint, ["update_memory", "delete_memory", "rollback_snapshot"].includes(tool.name), tool.name);
    assert.equal(openWorldHint, false);
  }
});
