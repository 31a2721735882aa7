import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { readDockerfile } from "../../scripts/dockerfile.ts";
import { listedStreamNames } from "../../src/streams/index.ts";
import { temporaryFolder } from "../support/files.ts";
import { BUNDLE, emulated, spawnProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const { copies, entrypoint, environment, user, command } = readDockerfile(
  readFileSync(new URL("../../Dockerfile.airbyte", import.meta.url), "utf8"),
);
const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };

test("the image has the whole bundle, tells its command both ways and does not run as root", () => {
  expect(copies).toEqual(["--from=build /build/dist ./"]);
  expect(environment.AIRBYTE_ENTRYPOINT).toBe(entrypoint.join(" "));
  expect({ user, command }).toEqual({ user: "1000:1000", command: undefined });
});

test("the bundle reads an account, alone in a folder and far from any other file of the project", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 100, contacts: 20 } });
  cpSync(dirname(BUNDLE), folder.file(""), { recursive: true });
  const streams = listedStreamNames.map((name) => ({ stream: { name }, sync_mode: "incremental" }));
  writeFileSync(folder.file("config.json"), JSON.stringify(CONFIG));
  writeFileSync(folder.file("catalog.json"), JSON.stringify({ streams }));
  const [program = "", ...args] = entrypoint.map((part) =>
    part.replace(/^node$/, process.execPath).replace(/^\/airbyte\/(.*)/, (_, name) => folder.file(name)),
  );
  const read = ["read", "--config", folder.file("config.json"), "--catalog", folder.file("catalog.json")];
  const { stdout, stderr, exitCode } = await spawnProgram(read, emulated(aircall.url), [program, ...args])
    .ended;
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(stdout.match(/"status":"COMPLETE"/g)).toHaveLength(listedStreamNames.length);
});
