// A `memengine mcp` process and the official SDK's client on it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The tool as it was built; MEMENGINE names another one. */
export const command = process.env.MEMENGINE
  ? { file: process.env.MEMENGINE, args: [] }
  : { file: "dotnet", args: [join(repository, "src/MemoryEngine.Cli/bin/Release/net10.0/memengine.dll")] };

/** A directory for a test's pool, gone when the test is. */
export function poolOf(test) {
  const root = mkdtempSync(join(tmpdir(), "memengine-mcp-"));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  return join(root, "pool");
}

export class Server {
  /** Starts a server on a pool and connects to it; the test ends it. */
  static async start(test, pool, ...options) {
    const server = new Server();
    server.transport = new StdioClientTransport({
      command: command.file,
      args: [...command.args, "mcp", "--pool", pool, ...options],
      env: process.env,
      stderr: "pipe",
    });
    server.log = "";
    server.transport.stderr.on("data", text => (server.log += text));
    server.client = new Client({ name: "sdk-test", version: "1.0.0" });
    server.ended = new Promise(resolve => (server.client.onclose = resolve));
    test.after(() => server.client.close());
    const begun = process.hrtime.bigint();
    await server.client.connect(server.transport);
    server.pid = server.transport.pid;
    server.connectMillis = Number(process.hrtime.bigint() - begun) / 1e6;
    // From here on the client holds every answer against the tool's output schema.
    server.tools = (await server.client.listTools()).tools;
    return server;
  }

  /** Calls a tool; the answer is its structured content. */
  async call(name, args = {}) {
    const result = await this.client.callTool({ name, arguments: args });
    if (result.isError) throw new ToolError(result.content[0].text);
    return result.structuredContent;
  }

  /** What the process holds in memory, in MB, and how many files and threads. */
  usage() {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    const figure = name => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)[1]);
    return { resident: figure("VmRSS") / 1024, threads: figure("Threads") };
  }

  /** Processor seconds that the process has used. */
  processorSeconds() {
    const fields = readFileSync(`/proc/${this.pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Sends a signal and waits until the process is gone; resolves to the milliseconds that took. */
  async kill(signal) {
    const begun = Date.now();
    process.kill(this.pid, signal);
    await this.ended;
    return Date.now() - begun;
  }
}

export class ToolError extends Error {}

export const sleep = millis => new Promise(resolve => setTimeout(resolve, millis));
