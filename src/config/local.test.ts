import { describe, expect, test } from "vitest";
import { ConfigError } from "../errors.ts";
import { localConfig } from "./index.ts";

const FILE = {
  path: "config.json",
  content: {
    api_id: "id of the file",
    api_token: "token of the file",
    start_date: "2025-01-01T00:00:00Z",
    advanced: { requests_per_minute: 30 },
    unknown: [1],
  },
};
const ENV = { AIRCALL_API_ID: "id of the environment", AIRCALL_API_TOKEN: "token of the environment" };

describe("the endpoint config of a local command", () => {
  test("is the file's without anything else, properties of other connectors included", () => {
    expect(localConfig({ env: {}, file: FILE })).toEqual(FILE.content);
  });

  test("is the environment's key without a file", () => {
    expect(localConfig({ env: ENV })).toEqual({
      api_id: "id of the environment",
      api_token: "token of the environment",
    });
  });

  test("takes the key from the environment before the file, and each part of it by itself", () => {
    expect(localConfig({ env: ENV, file: FILE })).toEqual({
      ...FILE.content,
      api_id: "id of the environment",
      api_token: "token of the environment",
    });
    const { api_token: _, ...withoutToken } = FILE.content;
    const file = { ...FILE, content: withoutToken };
    expect(localConfig({ env: { AIRCALL_API_TOKEN: "another token" }, file })).toMatchObject({
      api_id: "id of the file",
      api_token: "another token",
    });
  });

  test("takes the start date from the command line before the file", () => {
    const startDate = "2026-09-01T00:00:00Z";
    expect(localConfig({ startDate, env: {}, file: FILE })).toEqual({
      ...FILE.content,
      start_date: startDate,
    });
  });

  test("takes no variable that is empty", () => {
    expect(localConfig({ env: { AIRCALL_API_ID: "" }, file: FILE })).toEqual(FILE.content);
  });

  test.each<[string, Parameters<typeof localConfig>[0], RegExp]>([
    [
      "no key at all",
      { env: {} },
      /^Set AIRCALL_API_ID and AIRCALL_API_TOKEN to your API key, or write a config file and name it with --config\./,
    ],
    [
      "a file without an ID",
      { env: {}, file: { path: "a.json", content: { api_token: "t" } } },
      /^Set AIRCALL_API_ID to your API key, or add api_id to a\.json\./,
    ],
    [
      "a file without a key",
      { env: {}, file: { path: "a.json", content: {} } },
      /^Set AIRCALL_API_ID and AIRCALL_API_TOKEN to your API key, or add api_id and api_token to a\.json\./,
    ],
    [
      "half a key in the environment",
      { env: { AIRCALL_API_ID: "id" } },
      /^Set AIRCALL_API_TOKEN to your API key/,
    ],
  ])("is refused with %s, by the names of what is missing", (_, sources, sentence) => {
    expect(() => localConfig(sources)).toThrow(ConfigError);
    expect(() => localConfig(sources)).toThrow(sentence);
  });
});

describe("the parts of two keys are not mixed", () => {
  const whole = { path: "config.json", content: { api_id: "file-id", api_token: "file-token" } };

  test.each([
    [
      { AIRCALL_API_ID: "other-id" },
      /AIRCALL_API_ID is set and AIRCALL_API_TOKEN is not, while config\.json/,
    ],
    [{ AIRCALL_API_TOKEN: "other-token" }, /AIRCALL_API_TOKEN is set and AIRCALL_API_ID is not/],
  ])("K9: %o beside a whole key in the file is refused", (env, words) => {
    expect(() => localConfig({ env, file: whole })).toThrow(words);
  });

  test("K9: a whole key in the environment, or the missing part of the file's, is taken", () => {
    const env = { AIRCALL_API_ID: "other-id", AIRCALL_API_TOKEN: "other-token" };
    expect(localConfig({ env, file: whole })).toEqual({ api_id: "other-id", api_token: "other-token" });
    const half = { path: "config.json", content: { api_id: "file-id" } };
    expect(localConfig({ env: { AIRCALL_API_TOKEN: "other-token" }, file: half })).toEqual({
      api_id: "file-id",
      api_token: "other-token",
    });
    expect(localConfig({ env: { AIRCALL_API_ID: "file-id" }, file: whole })).toEqual(whole.content);
  });
});
