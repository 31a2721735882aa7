import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { parseStatusAddress } from "../../src/cli/arguments.ts";
import { freePort } from "../support/event-world.ts";
import { askFile, temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";
import { startStatusWorld } from "../support/status-world.ts";
import { stillAccount } from "../support/still-account.ts";

describe("the port of the status page", () => {
  test("is only for reading, says what a browser may load, and is closed when the capture ends", async () => {
    const world = await startStatusWorld({ args: ["--streams", "tags"] });
    const { url, running } = world;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    for (const path of ["", "healthz", "metrics", "style.css", "script.js"]) {
      const head = await fetch(`${url}${path}`, { method: "HEAD" });
      const get = await fetch(`${url}${path}`);
      expect([head.status, get.status]).toEqual([200, 200]);
      expect(await head.text()).toBe("");
      expect((await get.text()).length).toBeGreaterThan(0);
      expect(get.headers.get("content-type")).toBe(head.headers.get("content-type"));
      expect(get.headers.get("content-security-policy")).toMatch(
        /^default-src 'none'; .*frame-ancestors 'none'/,
      );
      expect(get.headers.get("access-control-allow-origin")).toBeNull();
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        const refused = await fetch(`${url}${path}`, {
          method,
          ...(method === "POST" && { body: "x".repeat(100_000) }),
        });
        expect(refused.status).toBe(405);
        expect(refused.headers.get("allow")).toBe("GET, HEAD");
      }
    }
    expect((await fetch(`${url}nothing`)).status).toBe(404);
    expect((await fetch(`${url}?${"x".repeat(20_000)}`)).status).toBe(431);
    running.stop();
    expect(await world.clock.runWhile(running.ended)).toMatchObject({ exitCode: 0 });
    await expect(fetch(url)).rejects.toThrow("fetch failed");
    await world[Symbol.asyncDispose]();
  });

  test("that is taken ends the capture with a sentence", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: { calls: 0, contacts: 0 } });
    const port = await freePort();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    const options = ["--streams", "tags", "--follow", "--status", String(port)];
    const ended = await runProgram(
      ["capture", "--to", folder.file("a.duckdb"), ...options],
      emulated(aircall.url),
    );
    await new Promise((resolve) => taken.close(resolve));
    expect(ended).toMatchObject({
      exitCode: 78,
      stdout: "",
      stderr: `error: Port ${port} at 127.0.0.1, at which --status serves its page, is in use. Choose another port, or stop the program that uses it.\n`,
    });
    expect(await askFile(folder.file("a.duckdb"), "SELECT * FROM tags")).toEqual([]);
  });

  test("at an address of another machine ends the capture with a sentence", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: { calls: 0, contacts: 0 } });
    const options = ["--streams", "tags", "--follow", "--status", "203.0.113.7:8090"];
    const ended = await runProgram(
      ["capture", "--to", folder.file("a.duckdb"), ...options],
      emulated(aircall.url),
    );
    expect(ended).toMatchObject({ exitCode: 78, stdout: "" });
    expect(ended.stderr).toMatch(
      /^error: Port 8090 at 203\.0\.113\.7, .* cannot be opened \(EADDRNOTAVAIL\)\. Correct the address\.\n$/,
    );
  });

  test.each([
    [["--status", "8090"], /--status needs --follow: .* Add --follow, or leave --status out\./],
    [
      ["--follow", "--status", "page"],
      /'--status <address>' argument 'page' is invalid\. It must be a port, or a host and a port/,
    ],
    [["--follow", "--status", "127.0.0.1"], /It must be a port, or a host and a port/],
    [["--follow", "--status", "::1:8090"], /It must be a port, or a host and a port/],
    [["--follow", "--status", "localhost:65536"], /It must be at most 65535\./],
  ])("is not opened for %j", async (args, words) => {
    const ended = await runProgram(["capture", "--to", "never.duckdb", ...args]);
    expect(ended).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(words) });
  });
});

test.each([
  ["8090", { host: "127.0.0.1", port: 8090 }],
  ["0.0.0.0:80", { host: "0.0.0.0", port: 80 }],
  ["localhost:0", { host: "localhost", port: 0 }],
  ["[::1]:8090", { host: "::1", port: 8090 }],
  ["status-1.example.com:1", { host: "status-1.example.com", port: 1 }],
])("--status %s is an address", (value, address) => {
  expect(parseStatusAddress(value)).toEqual(address);
});
