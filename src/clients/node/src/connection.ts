import { connect, type Socket } from "node:net";
import { decodeMultiStream, encode } from "@msgpack/msgpack";
import { Gone, MemoryEngineError } from "./errors.js";
import type { Change } from "./types.js";

const MESSAGE_BYTES = 16 << 20;
const SHUTTING_DOWN = 4004;
const KEPT_CHANGES = 1024;
const GRACE_MS = 1000;

type Map_ = Record<string, unknown>;
type Message = [0 | 1 | 2, ...unknown[]];

/** One connection: any number of requests under way, answered in any order. */
export class Connection {
  isOpen = true;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve: (result: Map_) => void; reject: (error: Error) => void }>();
  readonly #changes: Change[] = [];
  #last = 0;
  #closing = "the server closed the connection";
  #moved: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    void this.#read();
  }

  static async open(address: string, name: string, token?: string, deadline_ms?: number): Promise<Connection> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const made = connect(address, () => resolve(made.off("error", refused)));
      const refused = (error: Error) => reject(new Gone(`nobody answers: ${error.message}`, false));
      made.once("error", refused);
    });
    const connection = new Connection(socket);
    try {
      await connection.call("memory.hello", { proto: [1, 1], client: name, token, deadline_ms });
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Asks the server. Aborting tells it that the answer is no longer wanted. */
  async call(method: string, params: Map_, signal?: AbortSignal): Promise<Map_> {
    const deadline = params["deadline_ms"] as number | undefined;
    // The server keeps the deadline; this is for one that hangs.
    const late = deadline === undefined ? undefined : AbortSignal.timeout(deadline + GRACE_MS);
    const signals = [signal, late].filter((s) => s !== undefined);
    try {
      return await this.#send(method, params, signals.length > 1 ? AbortSignal.any(signals) : signals[0]);
    } catch (error) {
      if (late?.aborted && error === late.reason)
        throw new MemoryEngineError(4002, "DEADLINE_EXCEEDED", "The server did not answer in time.", { cause: error });
      throw error;
    }
  }

  /** The changes that the server tells of, until the connection ends. */
  async *changes(): AsyncGenerator<Change, void, void> {
    while (true) {
      const change = this.#changes.shift();
      if (change) {
        this.#wake();
        yield change;
      } else if (!this.isOpen) return;
      else await this.#move();
    }
  }

  close(): void {
    this.#closing = "the client was closed";
    this.#socket.destroy();
    this.#end();
  }

  async #send(method: string, params: Map_, signal?: AbortSignal): Promise<Map_> {
    signal?.throwIfAborted();
    if (!this.isOpen) throw new Gone("the connection broke", false);
    const id = (this.#last = (this.#last % 0xffffffff) + 1);
    const message = encode([0, id, method, [params]], { ignoreUndefined: true });
    if (message.length > MESSAGE_BYTES)
      throw new MemoryEngineError(2001, "INVALID_ARGUMENT", `The request takes ${message.length} bytes; ${MESSAGE_BYTES} are allowed.`);
    let aborted: (() => void) | undefined;
    try {
      return await new Promise<Map_>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        aborted = () => {
          if (this.isOpen) this.#socket.write(encode([2, "$/cancel", [id]]));
          reject(signal!.reason);
        };
        signal?.addEventListener("abort", aborted, { once: true });
        this.#socket.write(message);
      });
    } finally {
      this.#waiting.delete(id);
      if (aborted) signal?.removeEventListener("abort", aborted);
    }
  }

  async #read(): Promise<void> {
    try {
      for await (const message of decodeMultiStream(this.#socket)) {
        this.#take(message as Message);
        // Who reads changes slowly makes the server wait, not this process grow.
        while (this.#changes.length >= KEPT_CHANGES && this.isOpen) await this.#move();
      }
    } catch (error) {
      this.#closing = error instanceof Error ? error.message : String(error);
    } finally {
      this.#socket.destroy();
      this.#end();
    }
  }

  #take(message: Message): void {
    if (message[0] === 1) {
      const waiting = this.#waiting.get(message[1] as number);
      const error = message[2] as [number, string] | null;
      if (error === null) waiting?.resolve(message[3] as Map_);
      else waiting?.reject(error[0] === SHUTTING_DOWN ? new Gone(error[1], true) : MemoryEngineError.of(...error));
    } else if (message[1] === "memory.change") {
      this.#changes.push((message[2] as [Change])[0]);
      this.#wake();
    } else if (message[1] === "memory.error") this.#closing = (message[2] as [{ message: string }])[0].message;
  }

  #end(): void {
    this.isOpen = false;
    for (const { reject } of this.#waiting.values()) reject(new Gone(this.#closing, true));
    this.#waiting.clear();
    this.#wake();
  }

  #move(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#moved;
      this.#moved = () => {
        before?.();
        resolve();
      };
    });
  }

  #wake(): void {
    const moved = this.#moved;
    this.#moved = undefined;
    moved?.();
  }
}
