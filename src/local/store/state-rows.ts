import { bindingPatch, mergePatch } from "../../engine/index.ts";
import { isJsonObject, type Json, type JsonObject, ownValue, setOwn } from "../../shared/json.ts";
import type { CapturedBlock } from "./contract.ts";

/*
 * A store keeps the connector state in rows of a path and a value, so that a patch touches only the
 * rows that it names. A row stands for each value that is not an object, and for each `{}`; any other
 * object exists through the rows below it. The path is the list of the names that lead to the value.
 * Path and value are JSON text, which keeps every name and every text: it escapes U+0000 and lone surrogates.
 *
 *     {"bindingStateV1": {"calls": {"rungs": {"1800": 1795518903}, "open": {}}}}
 *
 *     ["bindingStateV1","calls","rungs","1800"]   1795518903
 *     ["bindingStateV1","calls","open"]           {}
 */

/** The values of rows, by their paths. */
export type StateRows = ReadonlyMap<string, string>;

/** New values of rows, by their paths; null where the row is to be deleted. */
export type ChangedRows = ReadonlyMap<string, string | null>;

/** The rows of a state. */
export function stateRows(state: JsonObject): StateRows {
  return new Map(leaves([], state));
}

/** The state that the rows stand for, in whatever order they come; `{}` where there are none. */
export function stateOf(rows: Iterable<readonly [path: string, value: string]>): JsonObject {
  const state: JsonObject = {};
  for (const [path, value] of rows) {
    const names: string[] = JSON.parse(path);
    const last = names.pop();
    if (last !== undefined) setOwn(names.reduce(objectAt, state), last, JSON.parse(value));
  }
  return state;
}

/** The state with the patches of the blocks applied in their order, then the other one, and the rows that this changes. */
export function patchState(
  state: JsonObject,
  blocks: readonly CapturedBlock[],
  ofNoStream: JsonObject = {},
): { readonly state: JsonObject; readonly changes: ChangedRows } {
  const changes = new Map<string, string | null>();
  let patched = state;
  const patches = blocks
    .filter(({ patch }) => isChange(patch))
    .map((block) => bindingPatch(block.table, block.patch));
  for (const patch of [...patches, ofNoStream].filter(isChange)) {
    const before = patched;
    patched = mergePatch(before, patch);
    for (const [path, value] of changedRows([], before, patched, patch)) changes.set(path, value);
  }
  return { state: patched, changes };
}

/** An empty patch changes nothing, also where no state is stored. */
function isChange(patch: JsonObject): boolean {
  return Object.keys(patch).length > 0;
}

/** Where a patch led from one value to the other: the rows that are gone, and then those that are new. */
function* changedRows(
  path: readonly string[],
  before: Json | undefined,
  after: Json | undefined,
  patch: Json | undefined,
): Generator<[path: string, value: string | null]> {
  if (isJsonObject(patch) && isBranch(before) && isBranch(after)) {
    for (const [name, inner] of Object.entries(patch))
      yield* changedRows([...path, name], ownValue(before, name), ownValue(after, name), inner);
  } else {
    for (const [gone] of leaves(path, before)) yield [gone, null];
    yield* leaves(path, after);
  }
}

function* leaves(path: readonly string[], value: Json | undefined): Generator<[path: string, value: string]> {
  if (isBranch(value)) {
    for (const [name, inner] of Object.entries(value)) yield* leaves([...path, name], inner);
  } else if (value !== undefined) yield [JSON.stringify(path), JSON.stringify(value)];
}

/** Whether the value exists through rows of what it holds, and has none of its own. */
function isBranch(value: Json | undefined): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}

function objectAt(parent: JsonObject, name: string): JsonObject {
  if (!Object.hasOwn(parent, name)) setOwn(parent, name, {});
  return parent[name] as JsonObject;
}
