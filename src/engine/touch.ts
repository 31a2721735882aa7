/** Ends a stream's rest early: the stream has work now. */
export class Touch {
  #isPending = false;
  #wake: (() => void) | undefined;

  /** Ends the rest of the stream, or its next rest while the stream is at work. Several touches count as one. */
  touch(): void {
    this.#isPending = true;
    this.#ring();
  }

  /** Calls `wake` once: now if there was a touch since the last rest, else at the next touch. Returns what cancels it. */
  onTouch(wake: () => void): () => void {
    this.#wake = wake;
    if (this.#isPending) this.#ring();
    return () => {
      this.#wake = undefined;
    };
  }

  #ring(): void {
    const wake = this.#wake;
    if (!wake) return;
    this.#wake = undefined;
    this.#isPending = false;
    wake();
  }
}
