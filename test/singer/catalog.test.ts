import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files.ts";
import { emulated, runProgram, spawnProgram, TAP } from "../support/program.ts";
import { type JsonObject, runTap, SingerTarget } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectDocuments } from "../support/truth.ts";

interface CatalogEntry {
  tap_stream_id: string;
  metadata: { breadcrumb: string[]; metadata: JsonObject }[];
}

const SMALL = { calls: 120, days: 60, contacts: 60 };

async function discovered(): Promise<{ streams: CatalogEntry[] }> {
  return JSON.parse((await runProgram(["singer", "--discover"])).stdout);
}

/** The catalog as a runner changes it: for each place, what is said of it. */
async function catalogWith(
  stream: string,
  changes: readonly [breadcrumb: string[], metadata: JsonObject][],
): Promise<{ streams: CatalogEntry[] }> {
  const { streams } = await discovered();
  const entry = streams.find(({ tap_stream_id }) => tap_stream_id === stream);
  if (!entry) throw new Error(`no stream ${stream} was discovered`);
  for (const [breadcrumb, changed] of changes) {
    const place = entry.metadata.find((one) => one.breadcrumb.join() === breadcrumb.join());
    if (!place) throw new Error(`nothing was discovered at ${breadcrumb}`);
    Object.assign(place.metadata, changed);
  }
  return { streams: [entry] };
}

/** One run with a catalog. */
async function runWith(catalog: unknown, option: "catalog" | "properties" = "catalog", stderr = "") {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: SMALL });
  const ended = await runTap(folder, { [option]: catalog }, emulated(aircall.url));
  expect(ended).toMatchObject({ exitCode: 0, stderr });
  return new SingerTarget().takeAll(ended.stdout);
}

describe("discovery", () => {
  test("prints the catalog", async () => {
    const ended = await spawnProgram(["--discover"], {}, [process.execPath, TAP]).ended;
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual(await discovered());
  });

  test("is what a run without a catalog reads", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: SMALL });
    const env = emulated(aircall.url);
    const [without, given] = [undefined, await discovered()].map((catalog) =>
      runTap(folder, { catalog }, env),
    );
    const messages = async (ended: typeof without) =>
      new SingerTarget()
        .takeAll((await ended)?.stdout ?? "")
        .messages.filter(({ type }) => type === "SCHEMA");
    expect(await messages(given)).toEqual(await messages(without));
  });
});

describe("a catalog selects", () => {
  test("streams", async () => {
    const catalog = await discovered();
    for (const { tap_stream_id, metadata } of catalog.streams) {
      const [ofStream] = metadata;
      if (tap_stream_id !== "tags") Object.assign(ofStream?.metadata ?? {}, { selected: false });
    }
    const target = await runWith(catalog);
    expect([...target.schemas.keys()]).toEqual(["tags"]);
    expect(new Set(target.messages.map(({ stream }) => stream))).toEqual(new Set(["tags", undefined]));
  });

  test("fields, and the key whatever it says", async () => {
    const catalog = await catalogWith("users", [
      [["properties", "email"], { selected: false }],
      [["properties", "name"], { inclusion: "unsupported" }],
      [["properties", "id"], { selected: false, inclusion: "available" }],
    ]);
    const target = await runWith(catalog);
    const [user = {}] = target.records("users");
    expect(user).toMatchObject({ id: expect.any(Number), direct_link: expect.any(String) });
    for (const left of ["email", "name"]) {
      expect(user).not.toHaveProperty(left);
      expect(target.schemas.get("users")?.schema.properties).not.toHaveProperty(left);
    }
  });

  test("the fields along which a stream is read, whatever it says", async () => {
    const target = await runWith(
      await catalogWith("contacts", [[["properties", "updated_at"], { selected: false }]]),
    );
    expect(target.records("contacts")[0]).toHaveProperty("updated_at");
    expect(target.messages[0]).toMatchObject({ bookmark_properties: ["updated_at"] });
  });

  test("parts of objects and of lists", async () => {
    const target = await runWith(
      await catalogWith("calls", [
        [["properties", "user", "properties", "email"], { selected: false }],
        [["properties", "tags", "items", "properties", "name"], { selected: false }],
      ]),
    );
    const calls = target.records("calls");
    const users = calls.flatMap(({ user }) => (user ? [user as JsonObject] : []));
    const tags = calls.flatMap(({ tags: list }) => (list as JsonObject[] | undefined) ?? []);
    for (const [parts, left] of [
      [users, "email"],
      [tags, "name"],
    ] as const) {
      expect(parts.length).toBeGreaterThan(0);
      expect(parts.every((part) => "id" in part && !(left in part))).toBe(true);
    }
    const fields = target.schemas.get("calls")?.schema.properties;
    expect(fields).toHaveProperty("user.properties.name");
    expect(fields).not.toHaveProperty("user.properties.email");
    expect(fields).toHaveProperty("tags.items.properties.id");
    expect(fields).not.toHaveProperty("tags.items.properties.name");
  });

  test("all of a stream of which it says nothing more", async () => {
    const target = await runWith({ streams: [{ tap_stream_id: "tags", stream: "tags", schema: {} }] });
    expect(target.schemas.get("tags")?.schema.properties).toHaveProperty("color");
  });

  test("nothing, and then there is no more than a state", async () => {
    const warning = "warn: The catalog selects no stream, so nothing is read.\n";
    const target = await runWith({ streams: [] }, "catalog", warning);
    expect(target.messages).toEqual([{ type: "STATE", value: { bookmarks: {} } }]);
  });

  test.each<[string, object[], string[]]>([
    [
      "those that are selected in their entry",
      [{ tap_stream_id: "tags", selected: true }, { tap_stream_id: "users" }],
      ["tags"],
    ],
    [
      "those that are selected in their schema",
      [
        { tap_stream_id: "tags", schema: { selected: true } },
        { tap_stream_id: "users", schema: {} },
        { tap_stream_id: "teams", metadata: [] },
      ],
      ["tags"],
    ],
    [
      "those that are selected in their metadata",
      [
        { tap_stream_id: "users" },
        { tap_stream_id: "tags", metadata: [{ breadcrumb: [], metadata: { selected: true } }] },
      ],
      ["tags"],
    ],
    [
      "those that are not deselected",
      [
        { tap_stream_id: "users", selected: false },
        { tap_stream_id: "teams", schema: { selected: false } },
        { tap_stream_id: "tags" },
      ],
      ["tags"],
    ],
    [
      "no stream that there is not, and is not selected",
      [
        { tap_stream_id: "tags", selected: true },
        { tap_stream_id: "faxes" },
        { tap_stream_id: "letters", metadata: [{ breadcrumb: [], metadata: { selected: false } }] },
        { tap_stream_id: "letters", metadata: [{ breadcrumb: [], metadata: { inclusion: "unsupported" } }] },
      ],
      ["tags"],
    ],
  ])("%s", async (_, streams, expected) => {
    const target = await runWith({ streams });
    expect([...target.schemas.keys()]).toEqual(expected);
  });

  test("no field that is deselected in its schema, as the first taps had it", async () => {
    const properties = { name: { selected: false }, id: { selected: false }, color: { selected: true } };
    const target = await runWith({
      streams: [{ tap_stream_id: "tags", schema: { selected: true, properties } }],
    });
    const [tag = {}] = target.records("tags");
    expect(tag).toMatchObject({ id: expect.any(Number), color: expect.any(String) });
    expect(tag).not.toHaveProperty("name");
  });

  test("what there is, and what it says of anything else is reported", async () => {
    const metadata = [
      { breadcrumb: [], metadata: { selected: true, "replication-key": "created_at" } },
      { breadcrumb: ["properties", "nmae"], metadata: { selected: false } },
    ];
    await runWith(
      { streams: [{ tap_stream_id: "tags", metadata }] },
      "catalog",
      'warn: tags: the catalog asks for the replication key "created_at", which is not used: the state says what has been read\n' +
        "warn: tags: the catalog speaks of fields that there are not: nmae\n",
    );
  });

  test("under its old name too", async () => {
    const target = await runWith({ streams: [{ tap_stream_id: "teams" }] }, "properties");
    expect([...target.schemas.keys()]).toEqual(["teams"]);
  });

  test("streams whose rows are the truth when all fields are selected", async () => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: SMALL });
    const catalog = await catalogWith("users", []);
    const { stdout } = await runTap(folder, { catalog }, emulated(aircall.url));
    expectDocuments(new SingerTarget().takeAll(stdout).rows("users"), aircall, "users");
  });
});
