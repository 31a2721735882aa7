import { expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { bindStream } from "../../src/streams/bind.ts";
import type { StreamDefinition } from "../../src/streams/definition.ts";
import { SharedObjects } from "../../src/streams/index.ts";
import { startWorld } from "../support/world.ts";

test("a stream learns that the block of its checkpoint is committed", async () => {
  await using world = await startWorld();
  const committed: JsonObject[] = [];
  const definition: StreamDefinition = {
    name: "tags",
    keyField: "id",
    canResumeFrom: () => true,
    intervalMs: 1,
    documentSchema: {},
    probe: async () => undefined,
    async *run({ memory }) {
      memory.note(1, "AAAAAAAAAAAA");
      yield { kind: "checkpoint", patch: { first: 1 }, committed: () => committed.push({ first: 1 }) };
    },
  };
  const stream = bindStream(definition, {
    reader: world.reader,
    ports: world.ports,
    until: "follow",
    syncMode: "full_refresh",
    startSeconds: 0,
    rereadAfterSeconds: [],
    rereadRequestsPerPass: 0,
    rereadInsightsAfterSeconds: [],
    shared: new SharedObjects(),
  });
  const [step] = await Array.fromAsync(stream.run({}, new AbortController().signal));
  expect(committed).toEqual([]);
  if (step?.kind === "checkpoint") step.committed?.();
  expect(committed).toEqual([{ first: 1 }]);
});
