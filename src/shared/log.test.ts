import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { jsonLog, plainLog } from "./log.ts";
import type { Log } from "./ports.ts";
import { Redactor } from "./redactor.ts";

const redactor = new Redactor(["a-secret"]);
const options = { level: undefined, redactor };

test.each<[string, (write: (line: string) => void) => Log, string]>([
  [
    "of JSON",
    (write) =>
      jsonLog(
        options,
        () => 0,
        () => new PassThrough().on("data", (line) => write(String(line).trim())),
      ),
    '{"level":"warn","ts":"1970-01-01T00:00:00.000Z","message":"refused [hidden]","fields":{"path":"/v1/[hidden]","attempt":1}}',
  ],
  [
    "of plain lines",
    (write) => plainLog(options, write),
    'warn: refused [hidden] path="/v1/[hidden]" attempt=1',
  ],
])("a log %s has no secret, neither in its message nor in its fields", async (_, logTo, expected) => {
  const lines: string[] = [];
  logTo((line) => lines.push(line)).warn("refused a-secret", { path: "/v1/a-secret", attempt: 1 });
  await new Promise(setImmediate);
  expect(lines).toEqual([expected]);
});

test("secrets that are added later are hidden from then on", () => {
  const lines: string[] = [];
  const growing = new Redactor();
  const log = plainLog({ level: undefined, redactor: growing }, (line) => lines.push(line));
  log.warn("before: other-secret");
  growing.add(["other-secret"]);
  log.warn("after: other-secret");
  expect(lines).toEqual(["warn: before: other-secret", "warn: after: [hidden]"]);
});
