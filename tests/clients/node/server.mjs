// A pool and its real server, for a test: `memengine serve` in a process of its own. MEMENGINE names the tool.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Server {
  static async start() {
    const server = new Server();
    server.directory = await mkdtemp(join(tmpdir(), "memengine-"));
    server.pool = join(server.directory, ".memengine");
    await server.start();
    return server;
  }

  async start() {
    const [tool, ...args] = process.env.MEMENGINE.split(" ");
    this.process = spawn(tool, [...args, "serve", "--pool", this.pool], { stdio: ["ignore", "pipe", "inherit"] });
    this.ended = once(this.process, "exit");
    const first = await Promise.race([once(this.process.stdout, "data"), this.ended]);
    if (!String(first[0]).includes("Serving")) throw new Error(`The server did not start: ${first[0]}.`);
  }

  async end(signal) {
    this.process.kill(signal);
    await this.ended;
  }

  async close() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.end("SIGTERM");
    await rm(this.directory, { recursive: true });
  }
}
