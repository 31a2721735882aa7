/** Why a request is answered before it has been served. */
export type End = "time" | "room" | "broken" | "closing";

/** One request to the port, from the opening of its connection until its answer. */
export class Visit {
  /** `undefined` until the headers have been read. */
  request: { readonly complete: boolean } | undefined;
  isAnswered = false;
  /** How many requests followed on the same connection. */
  followers = 0;
  /** Resolves with the first reason to answer at once. */
  readonly ended: Promise<End>;
  readonly #resolveEnded: (reason: End) => void;

  constructor() {
    let resolveEnded: (reason: End) => void = () => {};
    this.ended = new Promise((resolve) => {
      resolveEnded = resolve;
    });
    this.#resolveEnded = resolveEnded;
  }

  end(reason: End): void {
    this.#resolveEnded(reason);
  }
}
