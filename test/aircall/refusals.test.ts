import { describe, expect, test } from "vitest";
import { AccessRefused, CredentialsRefused, SourceUnavailable, UnexpectedAnswer } from "../../src/errors.ts";
import { CONFIG } from "../support/world.ts";
import { pagesOf, readerWith, TAGS, worldOf } from "./readers.ts";

describe("a refusal", () => {
  test.each([401, 403])("with %i on one path is that path's, while the key is good", async (status) => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status, match: "/v1/tags", every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(AccessRefused);
    expect(world.emulator.requests.total).toBe(2);
  });

  test.each([401, 403])("with %i of everything is the key's", async (status) => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status, every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(CredentialsRefused);
    await expect(world.reader().ping()).rejects.toThrow(CredentialsRefused);
  });

  test.each([
    ["ID", { apiId: "another", apiToken: CONFIG.api_token }],
    ["token", { apiId: CONFIG.api_id, apiToken: "another" }],
  ])("of a wrong %s is the key's", async (_, credentials) => {
    await using world = await worldOf({});
    const reader = readerWith(world.ports, world.emulator.url, { credentials });
    await expect(pagesOf(reader, TAGS)).rejects.toThrow(CredentialsRefused);
  });

  test("whose reason cannot be found out is no verdict on the key", async () => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status: 403, match: "/v1/tags" });
    world.emulator.faults.add({ kind: "status", status: 500, match: "/v1/ping", every: 1 });
    await expect(pagesOf(world.reader(), TAGS)).rejects.toThrow(SourceUnavailable);
  });

  test.each([
    [{ errors: "pagination is out of bound", message: "BAD_REQUEST" }, "pagination is out of bound"],
    [{ errors: { tag: ["bad"] }, message: "BAD_REQUEST" }, "BAD_REQUEST"],
    ["no object", "HTTP 400."],
  ])("is told in the words of the answer %j", async (body, words) => {
    await using world = await worldOf({});
    world.emulator.faults.add({ kind: "status", status: 400, body });
    const error = await pagesOf(world.reader(), TAGS).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnexpectedAnswer);
    expect(String(error)).toContain(words);
    expect(world.emulator.requests.total).toBe(1);
  });
});

test("what is looked for and not there is no failure, and what is refused is one", async () => {
  await using world = await worldOf({ contacts: 0 });
  const id = world.emulator.account.contacts.add();
  const reader = world.reader();
  const contact = (of: number) => ({ path: `/v1/contacts/${of}`, bodyKey: "contact", holds: "one" }) as const;
  expect(await reader.find(contact(id))).toMatchObject({ contact: { id } });
  expect(await reader.find(contact(1))).toBeUndefined();
  world.emulator.faults.add({ kind: "status", status: 400, match: "/v1/contacts" });
  await expect(reader.find(contact(id))).rejects.toThrow(UnexpectedAnswer);
});
