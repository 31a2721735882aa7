import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { dockerfileFaults } from "../../scripts/dockerfile.ts";
import { discover } from "../../src/connector.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("the Dockerfile", () => {
  const dockerfile = read("Dockerfile");

  test("is as Flow asks", () => {
    expect(dockerfileFaults(dockerfile)).toEqual([]);
  });

  test.each<[string, string | RegExp, string, string]>([
    ["another protocol", "PROTOCOL=capture", "PROTOCOL=materialize", "FLOW_RUNTIME_PROTOCOL is materialize"],
    ["no codec", "LABEL FLOW_RUNTIME_CODEC=json", "", "FLOW_RUNTIME_CODEC is missing"],
    ["the codec as a variable", "LABEL FLOW_RUNTIME_CODEC", "ENV FLOW_RUNTIME_CODEC", "CODEC is missing"],
    ["a usage rate", "ENTRYPOINT", "LABEL dev.estuary.usage-rate=1.0\nENTRYPOINT", "dev.estuary.usage-rate"],
    ["no user", /^USER .*$/m, "", "the user is missing"],
    ["root by name", /^USER .*$/m, "USER root", "the user is root"],
    ["root by number", /^USER .*$/m, "USER 0:1000", "the user is 0:1000"],
    ["a shell's ENTRYPOINT", /^ENTRYPOINT .*$/m, "ENTRYPOINT node app.cjs flow", "is not a JSON list"],
    ["no ENTRYPOINT", /^ENTRYPOINT .*$/m, "", "does not start with node"],
    ["a heap without bounds", /"--max-old-space-size=\d+", /, "", "does not bound the heap"],
    ["memory of each thread", /^ENV MALLOC_ARENA_MAX.*$/m, "", "outside the heap"],
    ["the protocol in CMD", /, "flow"\]/, ']\nCMD ["flow"]', "there is a CMD"],
    ["one stage", /^FROM \S+ AS build$/m, "", "one stage only"],
    ["another file", /^USER/m, "COPY package.json ./\nUSER", "and nothing else"],
    ["the whole folder", "/build/dist/source-aircall.cjs", "/build/dist", "and nothing else"],
  ])("with %s is refused", (_, part, instead, sentence) => {
    const changed = dockerfile.replace(part, instead);
    expect(changed).not.toBe(dockerfile);
    expect(dockerfileFaults(changed).join("; ")).toContain(sentence);
  });
});

describe.each(["flow.yaml", "flow.local.yaml"])("%s", (path) => {
  const text = read(path);

  test("binds every stream as discovery proposes it, to a collection with its key", () => {
    for (const { recommendedName: stream, resourceConfig, key } of discover()) {
      expect(text).toContain(
        `- resource: { stream: ${stream}, syncMode: ${resourceConfig.syncMode} }\n        target: acmeCo/aircall/${stream}\n`,
      );
      const collection = text.split(`\n  acmeCo/aircall/${stream}:\n`)[1]?.split("\n  acmeCo/")[0];
      expect(collection).toContain(`key: [${key}]`);
      expect(collection).toContain(`required: [${key.join().slice(1)}]`);
    }
    expect(text.match(/- resource:/g)).toHaveLength(discover().length);
    expect(text.match(/ key: \[/g)).toHaveLength(discover().length);
  });
});

test("docs/flow-conformance.md names tests that there are", () => {
  const named = [...read("docs/flow-conformance.md").matchAll(/\]\(\.\.\/(\S+\.test\.ts)\) "([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(50);
  for (const [, file = "", name] of named) expect(read(file), file).toContain(`"${name}"`);
});
