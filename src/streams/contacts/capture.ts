import { markOf } from "../known-ids.ts";

/** What is known of a contact that Aircall has returned. */
export interface ContactVersions {
  /** The digest of the contact as it was returned. */
  readonly version: string;
  /** The mark of the version captured last, as state has it; `undefined` for a contact that is not known. */
  readonly mark: number | undefined;
  /** How the version compares with the one that this process captured last, if it remembers one. */
  readonly remembered: "same" | "other" | undefined;
  /** The digest captured last, where the contact changed in the watermark's own second. */
  readonly atWatermark: string | undefined;
  /** When the contact was changed, by its own account; Unix seconds. */
  readonly updatedAtSeconds: number | undefined;
  /** All changes before this instant have been captured; Unix seconds. */
  readonly capturedBeforeSeconds: number;
}

/**
 * Whether a version of a contact is to be captured.
 *
 * A mark alone is no proof for a contact that may have changed since: one new version in a million has
 * the mark of the old one.
 */
export function decideCapture(contact: ContactVersions): boolean {
  if (contact.mark === undefined) return true;
  if (contact.remembered !== undefined) return contact.remembered === "other";
  if (contact.atWatermark === contact.version) return false;
  const mayHaveChanged = (contact.updatedAtSeconds ?? -Infinity) >= contact.capturedBeforeSeconds;
  return mayHaveChanged || contact.mark !== markOf(contact.version);
}
