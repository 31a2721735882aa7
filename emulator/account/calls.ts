import { commentId } from "./call-edits.ts";
import { type CallIngredients, type CallLife, isLateAsset, ringing } from "./call-life.ts";
import { CallStore, type CallsOptions } from "./call-store.ts";
import type { Changes } from "./changes.ts";
import type { DayCalls } from "./day-calls.ts";
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
  readonly #changes: Changes;

  constructor(days: DayCalls, ingredients: CallIngredients, options: CallsOptions, changes: Changes) {
    super(days, ingredients, options);
    this.#changes = changes;
  }

  /**
   * Adds finished calls that started in one second. Their IDs are consecutive; returns the first one. Each is
   * announced as one that has just ended, whenever it started.
   */
  add(count: number, at: { startedAtSeconds: number }): number {
    this.#changes.before();
    const firstId = this.insert(count, at);
    for (let id = firstId; id < firstId + count; id++)
      this.#changes.after({ of: "call", id, event: "call.ended" });
    return firstId;
  }

  /** Removes a call, without an event. */
  remove(id: number): void {
    this.life(id);
    this.#changes.before();
    this.replace(id, null);
    this.#changes.after({ of: "call", id, event: null });
  }

  /** Adds a call that starts to ring, and returns its ID. Nothing else happens to the call unless a test causes it. */
  ring(options: RingOptions = {}): number {
    const startedAt = options.startedAtSeconds ?? this.nowSeconds;
    this.#changes.before();
    const id = this.insert(1, { startedAtSeconds: startedAt });
    const life = ringing(this.life(id));
    const direction = options.direction ?? life.direction;
    this.replace(id, {
      ...life,
      direction,
      numberId: options.numberId ?? life.numberId,
      contactId: options.contactId ?? life.contactId,
      userId: direction === "outbound" ? (life.userId ?? this.ingredients.userIds[0] ?? null) : null,
      teamIds: direction === "outbound" ? [] : life.teamIds,
    });
    this.#changes.after({ of: "call", id, event: "call.created" });
    return id;
  }

  answer(id: number, userId?: number): void {
    this.#change(id, "call.answered", (life) => {
      life.answeredAt = this.nowSeconds;
      life.userId = userId ?? life.userId ?? this.ingredients.userIds[0] ?? null;
    });
  }

  /** An inbound call that ends unanswered counts as missed. */
  end(id: number): void {
    this.#change(id, "call.hungup", (life) => {
      life.endedAt = this.nowSeconds;
      const isMissed = life.direction === "inbound" && life.answeredAt > this.nowSeconds;
      life.missedReason = isMissed ? "agents_did_not_answer" : null;
    });
  }

  /** Applies the correction that follows the end of a call: the start moves by one second, and the cost is known. */
  settle(id: number): void {
    this.#change(id, null, (life) => {
      life.startedAt += 1;
      life.driftSeconds = 1;
      life.settledAt = this.nowSeconds;
    });
  }

  /** Adds the recording, or the voicemail if the call was not answered. */
  record(id: number): void {
    this.#change(
      id,
      isLateAsset(this.life(id), this.nowSeconds) ? "call.comm_assets_generated" : null,
      (life) => {
        life.asset = life.answeredAt <= this.nowSeconds ? "recording" : "voicemail";
        life.assetAt = this.nowSeconds;
      },
    );
  }

  /** Deletes the recording or voicemail. */
  deleteAsset(id: number): void {
    this.#change(id, null, (life) => {
      life.asset = null;
      life.assetAt = NEVER;
    });
  }

  tag(id: number, tagId: number, userId: number | null = null): void {
    this.#change(id, "call.tagged", (life) => {
      life.tags = [...life.tags, { tagId, atSeconds: this.nowSeconds, userId }];
    });
  }

  untag(id: number, tagId: number): void {
    this.#change(id, "call.untagged", (life) => {
      life.tags = life.tags.filter((tag) => tag.tagId !== tagId);
    });
  }

  comment(id: number, content: string, userId: number | null = null): void {
    this.#change(id, "call.commented", (life) => {
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
    this.#change(id, "call.assigned", (life) => {
      life.assignment = { atSeconds: this.nowSeconds, userId };
    });
  }

  archive(id: number): void {
    this.#change(id, "call.archived", (life) => {
      life.archivedAt = this.nowSeconds;
    });
  }

  unarchive(id: number): void {
    this.#change(id, null, (life) => {
      life.archivedAt = NEVER;
    });
  }

  /** Changes a copy, since earlier events show the call as it was. */
  #change(id: number, event: string | null, change: (life: CallLife) => void): void {
    const life = { ...this.life(id) };
    this.#changes.before();
    change(life);
    this.replace(id, life);
    this.#changes.after({ of: "call", id, event });
  }
}
