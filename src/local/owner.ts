import type { Company, Connector } from "../connector.ts";
import { bindingState, patchBetween } from "../engine/index.ts";
import { StoreError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import type { Place, Store } from "./store/index.ts";

/** Whose data a store holds, in its state under `owner`. */
interface Owner {
  /** The mark of the API key with which the store was last written. */
  readonly key: string;
  /** The company's name when this key was first used. */
  readonly company: string;
  /** Digests of some users at that time, by their IDs. */
  readonly users: JsonObject;
}

export interface Claim {
  readonly connector: Pick<Connector, "company" | "keyMark">;
  /** The endpoint config. */
  readonly config: JsonObject;
  /** Where the store is, for messages. */
  readonly place: Pick<Place, "kind" | "name">;
  readonly signal: AbortSignal;
}

/**
 * Makes sure that the API key belongs to the company whose data the store holds, and remembers it. A key that
 * the store knows belongs to that company, however it is called by now, and costs no request. Throws a
 * `StoreError` that names both companies if another key belongs to another one, and what the connector throws.
 */
export async function claimFor(store: Store, { connector, config, place, signal }: Claim): Promise<void> {
  const key = connector.keyMark(config);
  const owner = ownerIn(store.state);
  if (owner?.key === key) return;
  const company = await connector.company(config, signal);
  const names = Object.keys(captured(store.state, "company")).concat(owner?.company ?? []);
  const users = [captured(store.state, "users"), owner?.users ?? {}];
  if (!isSame(company, names, users)) {
    const name = names[0] ?? "another company";
    throw new StoreError(
      `${place.name} holds the data of ${name}, and the API key belongs to ${company.name}; use a key of ${name}, or choose another ${place.kind}.`,
    );
  }
  const before = isJsonObject(store.state.owner) ? store.state.owner : {};
  const after = { key, company: company.name, users: { ...company.users } };
  await store.commit([], { owner: patchBetween(before, after) });
}

/**
 * A user with the same ID and content shows the same company. IDs that are all unknown show another one. The
 * name decides where the users do not.
 */
function isSame({ name, users }: Company, names: readonly string[], known: readonly JsonObject[]): boolean {
  const listed = Object.entries(users);
  if (listed.some(([id, digest]) => known.some((each) => each[id] === digest))) return true;
  const haveUsers = listed.length > 0 && known.some((each) => Object.keys(each).length > 0);
  if (haveUsers && !listed.some(([id]) => known.some((each) => Object.hasOwn(each, id)))) return false;
  return names.length === 0 || names.includes(name);
}

function ownerIn({ owner }: JsonObject): Owner | undefined {
  if (!isJsonObject(owner)) return undefined;
  const { key, company, users } = owner;
  if (typeof key !== "string" || typeof company !== "string" || !isJsonObject(users)) return undefined;
  return { key, company, users };
}

/** The digests of what was captured of a small list, by key. */
function captured(state: JsonObject, stream: string): JsonObject {
  const { digests } = bindingState(state, stream);
  return isJsonObject(digests) ? digests : {};
}
