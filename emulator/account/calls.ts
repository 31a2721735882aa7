import { type CallLife, commentId, ringing } from "./call-life.ts";
import { CallStore } from "./call-store.ts";
import { NEVER } from "./time.ts";

export interface RingOptions {
  direction?: CallLife["direction"];
  numberId?: number;
  contactId?: number;
  /** Defaults to now. */
  startedAtSeconds?: number;
}

/** The calls of the account, with the methods by which tests change them. */
export class Calls extends CallStore {
  /** Adds a call that starts to ring, and returns its ID. Nothing else happens to the call unless a test causes it. */
  ring(options: RingOptions = {}): number {
    const startedAt = options.startedAtSeconds ?? this.nowSeconds;
    const id = this.add(1, { startedAtSeconds: startedAt });
    const life = ringing(this.life(id));
    const direction = options.direction ?? life.direction;
    this.touch({
      ...life,
      direction,
      numberId: options.numberId ?? life.numberId,
      contactId: options.contactId ?? life.contactId,
      userId: direction === "outbound" ? (life.userId ?? this.ingredients.userIds[0] ?? null) : null,
      teamIds: direction === "outbound" ? [] : life.teamIds,
    });
    return id;
  }

  answer(id: number, userId?: number): void {
    this.#change(id, (life) => {
      life.answeredAt = this.nowSeconds;
      life.userId = userId ?? life.userId ?? this.ingredients.userIds[0] ?? null;
    });
  }

  /** An inbound call that ends unanswered counts as missed. */
  end(id: number): void {
    this.#change(id, (life) => {
      life.endedAt = this.nowSeconds;
      const isMissed = life.direction === "inbound" && life.answeredAt > this.nowSeconds;
      life.missedReason = isMissed ? "agents_did_not_answer" : null;
    });
  }

  /** Applies the correction that follows the end of a call: the start moves by one second, and the cost is known. */
  settle(id: number): void {
    this.#change(id, (life) => {
      life.startedAt += 1;
      life.driftSeconds = 1;
      life.settledAt = this.nowSeconds;
    });
  }

  /** Adds the recording, or the voicemail if the call was not answered. */
  record(id: number): void {
    this.#change(id, (life) => {
      life.asset = life.answeredAt <= this.nowSeconds ? "recording" : "voicemail";
      life.assetAt = this.nowSeconds;
    });
  }

  tag(id: number, tagId: number, userId: number | null = null): void {
    this.#change(id, (life) => {
      life.tags = [...life.tags, { tagId, atSeconds: this.nowSeconds, userId }];
    });
  }

  untag(id: number, tagId: number): void {
    this.#change(id, (life) => {
      life.tags = life.tags.filter((tag) => tag.tagId !== tagId);
    });
  }

  comment(id: number, content: string, userId: number | null = null): void {
    this.#change(id, (life) => {
      const comment = {
        id: commentId(id, life.comments.length),
        content,
        atSeconds: this.nowSeconds,
        userId,
      };
      life.comments = [...life.comments, comment];
    });
  }

  assign(id: number, userId: number): void {
    this.#change(id, (life) => {
      life.assignment = { atSeconds: this.nowSeconds, userId };
    });
  }

  archive(id: number): void {
    this.#change(id, (life) => {
      life.archivedAt = this.nowSeconds;
    });
  }

  unarchive(id: number): void {
    this.#change(id, (life) => {
      life.archivedAt = NEVER;
    });
  }

  #change(id: number, change: (life: CallLife) => void): void {
    const life = this.life(id);
    change(life);
    this.touch(life);
  }
}
