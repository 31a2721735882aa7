import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = new URL("../", import.meta.url).pathname;

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly "timeout-minutes"?: number;
  readonly strategy?: { readonly matrix: Record<string, readonly unknown[]> };
}

interface Workflow {
  readonly permissions: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

const read = (path: string): Workflow => parse(readFileSync(ROOT + path, "utf8"));
const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT }).sort();
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));

describe.each(workflows)("%s", (path) => {
  const { permissions, jobs } = read(path);
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

  test("may read, and no more unless a job asks for it", () => {
    expect(permissions).toEqual({ contents: "read" });
  });

  test("names each action by its major version or a hash, and files that there are", () => {
    const used = [...Object.values(jobs), ...steps].flatMap(({ uses }) => uses ?? []);
    for (const uses of used)
      if (uses.startsWith("./")) expect(workflows).toContain(uses.slice(2));
      else expect(uses).toMatch(/^[\w./-]+@(v\d+|[0-9a-f]{40})$/);
  });

  test("runs scripts that there are, with an end", () => {
    const named = steps.flatMap(({ run = "" }) =>
      [...run.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name),
    );
    for (const name of named) expect(scripts).toHaveProperty([name ?? ""]);
    for (const job of Object.values(jobs)) if (job.steps) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });
});

test("the checks run on each Node that is promised", () => {
  expect(read(".github/workflows/check.yml").jobs.check?.strategy?.matrix.node).toEqual([20, 22, 24]);
});

test("every image is built and released", () => {
  const images = read(".github/workflows/images.yml").jobs.image?.strategy?.matrix.include as {
    file: string;
  }[];
  expect(images.map(({ file }) => file).sort()).toEqual(globSync("Dockerfile*", { cwd: ROOT }).sort());
});
