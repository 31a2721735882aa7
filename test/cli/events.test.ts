import { describe, expect, test } from "vitest";
import { API_ID, API_TOKEN, type Emulator, startEmulator } from "../../emulator/index.ts";
import { eventsAddress } from "../../src/events/index.ts";
import { temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";

const EVENTS_URL = "https://acme-8080.plane.test";

async function accountWith(...urls: readonly string[]) {
  const emulator = await startEmulator({ limit: null, account: { calls: 0, contacts: 0, webhooks: 2 } });
  const others = structuredClone(emulator.account.webhooks.listed);
  for (const url of urls) emulator.account.webhooks.add({ url, active: true });
  return Object.assign(emulator, { others, [Symbol.asyncDispose]: emulator.close });
}

const ownAddress = eventsAddress(EVENTS_URL, API_ID, API_TOKEN);
const listed = ({ account }: Emulator) => account.webhooks.listed;

const remove = (emulator: Emulator, ...options: string[]) =>
  runProgram(["events", "remove", ...options], emulated(emulator.url));

describe("events remove", () => {
  test("deletes the webhook of exactly this address, and says so", async () => {
    const others = [`${ownAddress}0`, `${EVENTS_URL}/`, eventsAddress(EVENTS_URL, API_ID, "another token")];
    await using emulator = await accountWith(ownAddress, ...others);
    const ended = await remove(emulator, "--events-url", `${EVENTS_URL}/`);
    expect(ended).toEqual({
      exitCode: 0,
      stdout: `The webhook that sends events to ${EVENTS_URL} is deleted from Aircall.\n`,
      stderr: "",
    });
    expect(listed(emulator).slice(0, 2)).toEqual(emulator.others);
    expect(
      listed(emulator)
        .slice(2)
        .map(({ url }) => url),
    ).toEqual(others);
  });

  test("reads the address from the config, which the option overrides", async () => {
    await using emulator = await accountWith(ownAddress);
    using folder = temporaryFolder();
    const config = folder.write("config.json", { "advanced.events_url": EVENTS_URL });
    await remove(emulator, "--config", config, "--events-url", "https://other.test");
    expect(listed(emulator)).toHaveLength(3);
    expect(await remove(emulator, "--config", config)).toMatchObject({ exitCode: 0 });
    expect(listed(emulator)).toEqual(emulator.others);
  });

  test("where there is none changes nothing, and says so", async () => {
    await using emulator = await accountWith();
    const ended = await remove(emulator, "--events-url", EVENTS_URL);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("so none is deleted") });
    expect(listed(emulator)).toEqual(emulator.others);
  });

  test.each([
    ["without an address", [], "Enter the address of the capture in advanced.events_url"],
    [
      "with an address that Aircall cannot reach",
      ["--events-url", "http://acme.test"],
      "advanced.events_url must",
    ],
  ])("%s ends with what to do", async (_, options, words) => {
    await using emulator = await accountWith(ownAddress);
    const ended = await remove(emulator, ...options);
    expect(ended).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining(words) });
    expect(emulator.requests.total).toBe(0);
  });

  test("with a key that may not write ends with what Aircall answers", async () => {
    await using emulator = await accountWith(ownAddress);
    emulator.account.webhooks.rules.keyMayWrite = false;
    const ended = await remove(emulator, "--events-url", EVENTS_URL);
    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("HTTP 403") });
    expect(ended.stderr).not.toContain(ownAddress);
    expect(listed(emulator)).toHaveLength(3);
  });
});
