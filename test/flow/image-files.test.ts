import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readDockerfile } from "../../scripts/dockerfile.ts";
import { readEventsPort } from "../../src/config/index.ts";
import { discover } from "../../src/connector.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Labels for Flow, the public port for events, and a start without root that keeps within the 1 GiB of a container. */
const AS_FLOW_ASKS = {
  stages: 2,
  copies: ["--from=build /build/dist ./"],
  labels: {
    FLOW_RUNTIME_PROTOCOL: "capture",
    FLOW_RUNTIME_CODEC: "json",
    "dev.estuary.port-public.8080": "true",
  },
  user: "1000:1000",
  environment: { MALLOC_ARENA_MAX: "1" },
  entrypoint: [
    "node",
    expect.stringMatching(/^--max-old-space-size=\d+$/),
    "/app/source-aircall.cjs",
    "flow",
  ],
  command: undefined,
  healthcheck: "",
  volumes: [],
  ports: ["8080"],
};

describe("the Dockerfile", () => {
  const dockerfile = read("Dockerfile");

  test("is as Flow asks", () => {
    expect(readDockerfile(dockerfile)).toEqual(AS_FLOW_ASKS);
  });

  test.each<[string, string | RegExp, string, keyof typeof AS_FLOW_ASKS]>([
    ["another protocol", "PROTOCOL=capture", "PROTOCOL=materialize", "labels"],
    ["no codec", "LABEL FLOW_RUNTIME_CODEC=json", "", "labels"],
    ["the codec as a variable", "LABEL FLOW_RUNTIME_CODEC", "ENV FLOW_RUNTIME_CODEC", "labels"],
    ["a usage rate", "ENTRYPOINT", "LABEL dev.estuary.usage-rate=1.0\nENTRYPOINT", "labels"],
    ["no port", /^EXPOSE .*$/m, "", "ports"],
    ["another port", "EXPOSE 8080", "EXPOSE 8081", "ports"],
    ["a port that is not public", /^LABEL dev.estuary.port-public.*$/m, "", "labels"],
    ["no user", /^USER .*$/m, "", "user"],
    ["root by name", /^USER .*$/m, "USER root", "user"],
    ["root by number", /^USER .*$/m, "USER 0:1000", "user"],
    ["a shell's ENTRYPOINT", /^ENTRYPOINT .*$/m, "ENTRYPOINT node app.cjs flow", "entrypoint"],
    ["no ENTRYPOINT", /^ENTRYPOINT .*$/m, "", "entrypoint"],
    ["a heap without bounds", /"--max-old-space-size=\d+", /, "", "entrypoint"],
    ["memory of each thread", /^ENV MALLOC_ARENA_MAX.*$/m, "", "environment"],
    ["the protocol in CMD", /, "flow"\]/, ']\nCMD ["flow"]', "command"],
    ["the protocol in a CMD of the shell", /, "flow"\]/, "]\nCMD flow", "command"],
    ["one stage", /^FROM \S+ AS build$/m, "", "stages"],
    ["another file", /^USER/m, "COPY package.json ./\nUSER", "copies"],
    ["an added file", /^USER/m, "ADD package.json ./\nUSER", "copies"],
    ["a file of no stage", "--from=build ", "", "copies"],
    ["the whole project", "/build/dist", "/build", "copies"],
  ])("with %s is refused", (_, part, instead, found) => {
    const changed = dockerfile.replace(part, instead);
    expect(changed).not.toBe(dockerfile);
    expect(readDockerfile(changed)[found]).not.toEqual(AS_FLOW_ASKS[found]);
  });
});

test("the public port of the image is the one that the connector opens where nothing else is configured", () => {
  const { ports } = readDockerfile(read("Dockerfile"));
  expect(ports).toEqual([String(readEventsPort({}).port)]);
  expect(readDockerfile(read("Dockerfile.airbyte")).ports).toEqual([]);
});

test("the images are built on a Node by its digest, on the version that the tests run", () => {
  const { devDependencies } = JSON.parse(read("package.json"));
  for (const path of ["Dockerfile", "Dockerfile.airbyte", "Dockerfile.capture"]) {
    const [, version] = /^ARG NODE_IMAGE=node:([\d.]+)-\w+-slim@sha256:[0-9a-f]{64}$/m.exec(read(path)) ?? [];
    expect(version, path).toBe(devDependencies.node);
    expect(read(path).match(/^FROM (?!\$\{NODE_IMAGE\})/gm), path).toBeNull();
  }
});

describe.each(["flow.yaml", "flow.local.yaml"])("%s", (path) => {
  const text = read(path);

  test("binds every stream as discovery proposes it, to a collection with its key", () => {
    const bindings = discover().filter(({ disable }) => !disable);
    for (const { recommendedName: stream, resourceConfig, key } of bindings) {
      expect(text).toContain(
        `- resource: { stream: ${stream}, syncMode: ${resourceConfig.syncMode} }\n        target: acmeCo/aircall/${stream}\n`,
      );
      const collection = text.split(`\n  acmeCo/aircall/${stream}:\n`)[1]?.split("\n  acmeCo/")[0];
      expect(collection).toContain(`key: [${key}]`);
      expect(collection).toContain(`required: [${key.join().slice(1)}]`);
    }
    expect(text.match(/- resource:/g)).toHaveLength(bindings.length);
    expect(text.match(/ key: \[/g)).toHaveLength(bindings.length);
  });
});

test("docs/flow-conformance.md names tests that there are", () => {
  const named = [...read("docs/flow-conformance.md").matchAll(/\]\(\.\.\/(\S+\.test\.ts)\) "([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(50);
  for (const [, file = "", name] of named) expect(read(file), file).toContain(`"${name}"`);
});
