// A session with `memengine mcp` by the official SDK's client, as an agent has it: remember, search, read, report, ask why.
// Arguments: the pool's directory, then the command of the server where it is not `memengine`. README.md has what it prints.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const [pool, command = "memengine", ...args] = process.argv.slice(2);
if (!pool) {
  console.error("usage: node session.mjs POOL [COMMAND [ARGUMENT...]]");
  process.exit(2);
}

// The transport starts the server; closing the client ends it. The server's log goes to standard error.
const transport = new StdioClientTransport({ command, args: [...args, "mcp", "--pool", pool], env: process.env });
const client = new Client({ name: "session-example", version: "1.0.0" });
await client.connect(transport);

// From here on the client holds every answer against the schema that the tool states.
await client.listTools();
console.log(`Connected to ${client.getServerVersion().name}.`);

/** Calls a tool. What is wrong with a call is an answer too, and a model would read it; this script ends with it. */
async function call(name, given) {
  const answer = await client.callTool({ name, arguments: given });
  if (answer.isError) throw new Error(`${name}: ${answer.content[0].text}`);
  return answer.structuredContent;
}

try {
  // Two lessons. What a lesson is found by is its key; what a task must have for it is in requires.
  const leak = await call("add_memory", {
    text: "Close the response body on every path, or the connection pool runs dry.",
    title: "Close response bodies",
    key: "connections leak after HTTP calls",
    domain: "backend/go",
    requires: { language: "go" },
  });
  console.log(`add_memory: ${leak.outcome} ${leak.id}, version ${leak.version}`);
  const queue = await call("add_memory", {
    text: "Bound every queue, and say what happens when it is full.",
    title: "Bound every queue",
    key: "memory grows without end under load",
    domain: "backend/go",
  });
  console.log(`add_memory: ${queue.outcome} ${queue.id}, version ${queue.version}`);

  const titles = new Map([[leak.id, "Close response bodies"], [queue.id, "Bound every queue"]]);

  // Two tasks: the language that one has contradicts what the first lesson requires.
  const task = { query: "HTTP connections leak under load", mode: "cross", explain: true };
  for (const where of [{ domain: "gateway/go", language: "go" }, { domain: "web/python", language: "python" }]) {
    const found = await call("search_memories", { ...task, ...where });
    console.log(`search_memories for ${where.domain}:`);
    for (const memory of found.memories) console.log(`  ${memory.title}`);
    for (const memory of found.left_out) console.log(`  left out: ${titles.get(memory.id)} (${memory.reasons.join(", ")})`);
  }

  // A task as a whole: search, read in full what was found, work, and report how that ended, who says so and which memory was used.
  const found = await call("search_memories", { ...task, domain: "gateway/go", language: "go" });
  const best = await call("get_memory", { id: found.memories[0].id });
  console.log(`get_memory: ${best.text}`);
  const reported = await call("report_outcome", { transfer: found.transfer, score: 1, judged_by: "verifier", used: [best.id] });
  console.log(`report_outcome: ${reported.result}`);

  const why = await call("why_transfer", { transfer: found.transfer });
  console.log(`why_transfer ${found.transfer}:`);
  for (const candidate of why.candidates) console.log(`  ${titles.get(candidate.id)}: ${candidate.fate}`);
  console.log(`  score ${why.outcome.score}, used: ${why.outcome.used.map(id => titles.get(id)).join(", ")}`);

  const snapshot = await call("create_snapshot", { name: "end-of-session" });
  console.log(`create_snapshot: ${snapshot.name} of ${snapshot.memories} memories`);
  const stats = await call("memory_stats");
  console.log(`memory_stats: ${stats.memories} memories, ${stats.snapshots.length} snapshot, ${stats.health}, ${stats.access}`);
} finally {
  await client.close();
}
