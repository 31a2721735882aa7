import { itemOf } from "../../aircall/index.ts";
import type { Document, Step } from "../../engine/index.ts";
import type { Json } from "../../shared/json.ts";
import { digest } from "../digest.ts";
import { deletionDocument } from "../document.ts";
import { wellFormedDocuments } from "../rows.ts";
import type { SingleReads } from "../single-reads.ts";
import { nowSeconds } from "../source.ts";
import { CONTACTS } from "./list.ts";
import type { ContactsRun } from "./run.ts";
import { CONTACT_NEEDS, type ContactRow } from "./schema.ts";

/**
 * Asks for a contact by its ID. Captures what it has become, and its deletion if Aircall does not know the ID. Returns
 * whether Aircall answered.
 */
export async function* captureById(
  id: number,
  reads: SingleReads,
  run: ContactsRun,
): AsyncGenerator<Step, boolean> {
  const answer = await reads.find(itemOf(CONTACTS, id, "contact"));
  if (answer === "unanswered") return false;
  run.readMeanwhile.note(id, nowSeconds(run.source));
  if (answer === "unknown") {
    if (!run.isKnown(id)) return true;
    run.noteDeletion(id);
    yield { kind: "documents", docs: [deletionDocument("id", id)] };
  } else {
    // Any answer shows that the contact is there, even one that is malformed or has another ID.
    const found = scanned([answer.contact ?? null], run).filter(({ contact }) => contact.id === id);
    yield { kind: "documents", docs: takeChanged(found, run) };
  }
  yield* run.checkpointIfNeeded();
  return true;
}

interface ScannedContact {
  readonly contact: Document & ContactRow;
  readonly version: string;
}

export function scanned(rows: readonly Json[], { source }: ContactsRun): ScannedContact[] {
  const contacts = wellFormedDocuments(rows, CONTACT_NEEDS, source);
  return contacts.map((contact) => ({ contact, version: digest(contact) }));
}

/** The contacts that have changed, or all with `full_refresh`. All are noted and marked with their version. */
export function takeChanged(contacts: readonly ScannedContact[], run: ContactsRun): Document[] {
  const changed: Document[] = [];
  for (const { contact, version } of contacts) {
    if (run.source.syncMode === "full_refresh" || run.changed(contact, version)) changed.push(contact);
    run.note(contact.id, version);
    run.mark(contact.id, version);
  }
  return changed;
}
