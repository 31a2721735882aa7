import type { Account } from "../account/account.ts";
import type { Change } from "../account/changes.ts";
import type { EventOptions } from "./options.ts";

/** Something that happens to the account, and that an event announces. */
export interface Happening {
  /** The name of the event, such as `call.ended`. */
  readonly event: string;
  readonly resource: "call" | "contact" | "user" | "number" | "message" | "insight";
  /** The ID of the object to which it happens. For an insight, that of its call. */
  readonly id: number | string;
  readonly atMs: number;
  /** The object at that moment, as the event shows it. */
  readonly data: () => object;
}

/** What a change leads to. */
export interface Consequences {
  /** Happens by the change. */
  readonly announced: Iterable<Happening>;
  /** All that is still to happen to the object, in place of what was to happen before. */
  readonly coming: Iterable<Happening>;
}

/** The present, and until when a family has been asked for what happens. */
export interface Horizon {
  readonly nowMs: number;
  readonly untilSeconds: number;
}

/** A kind of objects that events are about. */
export interface Family {
  readonly resource: Happening["resource"];
  /** What is still to happen, at an instant, to what has begun by then. It may also yield what has happened. */
  pending(atSeconds: number): Iterable<Happening>;
  /** What happens in `(afterSeconds, untilSeconds]`, or later to what begins in it. Tests have changed none of it. */
  beginning(afterSeconds: number, untilSeconds: number): Iterable<Happening>;
  /** Returns null for a change that concerns nothing of the family. The ID in the change is that of the object. */
  consequencesOf(change: Change, horizon: Horizon): Consequences | null;
}

/** What families are made from. */
export interface FamilyWorld {
  readonly account: Account;
  readonly options: EventOptions;
  /** The lifetime that the signed URLs of recordings and voicemails state. */
  readonly signedUrlSeconds: number;
}
