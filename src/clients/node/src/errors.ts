const RETRYABLE = new Set([4001, 4002, 4004, 4005, 5002]);

/** What a call met. `code` is the protocol's number, `kind` its name: 3001 and `NOT_FOUND`. */
export class MemoryEngineError extends Error {
  readonly code: number;
  readonly kind: string;

  constructor(code: number, kind: string, message: string, options?: ErrorOptions) {
    super(`${kind}: ${message}`, options);
    this.name = "MemoryEngineError";
    this.code = code;
    this.kind = kind;
  }

  /** Whether the same call, unchanged and after a pause, may succeed without anyone having repaired anything. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }

  /** The error of a response: its code, and its text of a name, a colon and what happened. */
  static of(code: number, text: string): MemoryEngineError {
    const at = text.indexOf(": ");
    return at < 0 ? new MemoryEngineError(code, "ERROR", text) : new MemoryEngineError(code, text.slice(0, at), text.slice(at + 2));
  }
}

/** The connection broke, or the server is closing; `sent` says whether a whole request may have reached it. */
export class Gone extends Error {
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}
