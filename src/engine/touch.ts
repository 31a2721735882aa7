/** Ends the rest of a stream before its instant, when the stream has work to do. */
export class Touch {
  #isPending = false;
  #wake: (() => void) | undefined;

  /** Ends the current rest or, while the stream works, its next one. Several touches before a rest count as one. */
  touch(): void {
    this.#isPending = true;
    this.#ring();
  }

  /** Calls `wake` once: now if a touch is pending, otherwise at the next touch. Returns a function that cancels this. */
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
