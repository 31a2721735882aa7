import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readDockerfile } from "../../scripts/dockerfile.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const image = readDockerfile(read("Dockerfile.capture"));

describe("the image for a capture without a platform", () => {
  test("has the bundle and the packages that it loads, and does not run as root", () => {
    expect(image.copies).toEqual([
      "--from=build /build/dist /app/dist/",
      "--from=build /build/node_modules /app/node_modules/",
      "--from=build --chown=1000:1000 /build/data /data/",
    ]);
    expect(image.user).toBe("1000:1000");
    expect(image.environment).toEqual({ MALLOC_ARENA_MAX: "1" });
  });

  test("follows an account into a file on the volume, with a bounded heap, unless other options are set", () => {
    expect(image.entrypoint).toEqual([
      "node",
      expect.stringMatching(/^--max-old-space-size=\d+$/),
      "/app/dist/source-aircall.cjs",
    ]);
    const { command = [] } = image;
    expect(command.slice(0, 4)).toEqual(["capture", "--to", "account.duckdb", "--follow"]);
    expect(image.volumes).toEqual(["/data"]);
    expect(read("Dockerfile.capture")).toMatch(/^WORKDIR \/data$/m);
  });

  test("asks the status page that it serves whether it is healthy", () => {
    const [, port] = /0\.0\.0\.0:(\d+)/.exec(image.command?.join(" ") ?? "") ?? [];
    expect(image.healthcheck).toContain(`http://127.0.0.1:${port}/healthz`);
    expect(image.ports).toContain(port);
  });
});

describe("compose.yaml", () => {
  const { services, volumes } = parse(read("compose.yaml"));
  const { capture, postgres } = services;

  test("builds that image, and asks for its health in the same way", () => {
    expect(capture.build.dockerfile).toBe("Dockerfile.capture");
    const [, asked = ""] = /^CMD (.*)$/.exec(image.healthcheck) ?? [];
    expect(capture.healthcheck.test).toEqual(["CMD", ...JSON.parse(asked)]);
    expect(capture.depends_on.postgres.condition).toBe("service_healthy");
  });

  test("names one user and one database for both, and has no secret in it", () => {
    const target = new URL(capture.command[capture.command.indexOf("--to") + 1]);
    expect(target).toMatchObject({ hostname: "postgres", port: "5432", password: "" });
    const { POSTGRES_USER: user, POSTGRES_DB: database } = postgres.environment;
    expect([target.username, target.pathname]).toEqual([user, `/${database}`]);
    expect(postgres.healthcheck.test).toEqual(
      expect.arrayContaining([`--username=${user}`, `--dbname=${database}`]),
    );
    const secrets = [...read("compose.yaml").matchAll(/(?:TOKEN|PASSWORD): (.*)/g)].map(([, value]) => value);
    expect(secrets).toHaveLength(3);
    for (const value of secrets) expect(value).toMatch(/^\$\{[A-Z_]+:\?Set it in \.env\}$/);
  });

  test("keeps the rows on a volume, and opens ports to this machine only", () => {
    expect(postgres.volumes).toEqual(["postgres:/var/lib/postgresql/data"]);
    expect(volumes).toHaveProperty("postgres");
    for (const { ports } of [capture, postgres])
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
