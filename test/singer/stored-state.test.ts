import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { quietly } from "../support/program.ts";
import { type JsonObject, runTap, SingerTarget } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";

const SMALL = { calls: 60, contacts: 60 };

/** A state in one of the forms in which runners keep it. */
type Form = (state: JsonObject) => unknown;

const meltano: Form = (state) => ({ singer_state: state });

describe("a state is read", () => {
  test.each<[string, Form]>([
    ["as the value of a STATE message", (state) => state],
    ["as a STATE message", (state) => ({ type: "STATE", value: state })],
    ["as text", (state) => JSON.stringify(state)],
    ["as meltano state get prints it", meltano],
    ["as meltano state get prints it, with text in it", (state) => ({ singer_state: JSON.stringify(state) })],
    ["as Meltano stores it", (state) => ({ completed: meltano(state), partial: {} })],
    ["as Meltano stores it after a failure", (state) => ({ completed: null, partial: meltano(state) })],
    [
      "as Meltano stores it after a failure that followed a success",
      (state) => ({
        completed: meltano({ bookmarks: { tags: { digests: { "1": "pHyCIkO5cFgl" } } } }),
        partial: meltano(state),
      }),
    ],
  ])("%s", async (_, form) => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: SMALL });
    const env = quietly(aircall.url);
    const first = new SingerTarget().takeAll((await runTap(folder, {}, env)).stdout);
    const again = await runTap(folder, { state: form(first.state ?? {}) }, env);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    const target = new SingerTarget().takeAll(again.stdout);
    expect(target.records()).toEqual([]);
    expect(Object.keys(target.state ?? {})).toEqual(["bookmarks"]);
  });
});

test("a later state is laid over an earlier one stream by stream", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: SMALL });
  const env = quietly(aircall.url);
  const { state } = new SingerTarget().takeAll((await runTap(folder, {}, env)).stdout);
  const { tags, ...others } = (state as { bookmarks: JsonObject }).bookmarks;
  const stored = { completed: meltano({ bookmarks: others }), partial: meltano({ bookmarks: { tags } }) };
  const again = await runTap(folder, { state: stored }, env);
  expect(new SingerTarget().takeAll(again.stdout).records()).toEqual([]);
});
