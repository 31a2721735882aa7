import { expect, test } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import {
  isListed,
  listedStreamNames,
  type RequestedStreamName,
  requestedStreamNames,
} from "../../src/streams/index.ts";
import { AirbyteConnection } from "../support/airbyte.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/files.ts";
import { FlowTask } from "../support/flow-runtime.ts";
import { emulated, runProgram } from "../support/program.ts";
import { runTap, SingerTarget } from "../support/singer.ts";
import { stillAccount } from "../support/still-account.ts";
import { expectDocuments, expectTruth } from "../support/truth.ts";

const CONFIG = { api_id: "emulator-id", api_token: "emulator-token", start_date: "2023-01-01T00:00:00.000Z" };
const ACCOUNT = { calls: 600, days: 60, contacts: 120, tags: 60 };

/** Keeps an account's rows, which it learns of through one protocol only. */
interface Keeper {
  /** Takes in whatever there is to hear now. */
  catchUp(): Promise<void>;
  /** Holds the rows that are kept of a stream against those that the account has. */
  expectTruth(stream: RequestedStreamName): Promise<void> | void;
}

/** The folder is the keeper's own. */
type Protocol = (aircall: Emulator, folder: TemporaryFolder, names: readonly RequestedStreamName[]) => Keeper;

const protocols: Readonly<Record<string, Protocol>> = {
  flow(aircall, _, names) {
    const bindings = names.map((stream) => ({ resourceConfig: { stream }, stateKey: stream }));
    const task = new FlowTask(CONFIG, bindings, emulated(aircall.url));
    return {
      async catchUp() {
        const session = task.open();
        await session.caughtUp();
        await session.stop();
      },
      expectTruth(stream) {
        const collection = task.collections[names.indexOf(stream)] ?? new Map();
        expectDocuments([...collection.values()], aircall, stream);
      },
    };
  },
  local(aircall, folder, names) {
    const path = folder.file("account.duckdb");
    const named = names === listedStreamNames ? [] : ["--streams", names.join()];
    const line = ["capture", "--to", path, ...named];
    return {
      async catchUp() {
        const { exitCode } = await runProgram(line, emulated(aircall.url));
        expect(exitCode).toBe(0);
      },
      expectTruth: (stream) => expectTruth(path, aircall, stream),
    };
  },
  airbyte: airbyteKeeper("incremental"),
  "airbyte, by full refresh": airbyteKeeper("full_refresh"),
  singer: singerKeeper("INCREMENTAL"),
  "singer, by full table": singerKeeper("FULL_TABLE"),
};

function airbyteKeeper(syncMode: "incremental" | "full_refresh"): Protocol {
  return (aircall, _, names) => {
    const choices = names.map((name) => ({ name, syncMode }));
    const connection = new AirbyteConnection(CONFIG, choices, emulated(aircall.url));
    return {
      async catchUp() {
        expect((await connection.sync()).exitCode).toBe(0);
      },
      expectTruth: (stream) => expectDocuments(connection.rows(stream), aircall, stream),
    };
  };
}

function singerKeeper(replication_method: "INCREMENTAL" | "FULL_TABLE"): Protocol {
  return (aircall, folder, names) => {
    const catalog = {
      streams: names.map((name) => ({ tap_stream_id: name, replication_method })),
    };
    let target = new SingerTarget();
    return {
      async catchUp() {
        const files = { config: CONFIG, catalog, state: target.state };
        const { exitCode, stdout } = await runTap(folder, files, emulated(aircall.url));
        expect(exitCode).toBe(0);
        target = target.next().takeAll(stdout);
      },
      expectTruth: (stream) => expectDocuments(target.rows(stream), aircall, stream),
    };
  };
}

/** What a second look within the same minute can find. */
function changeEverything({ account }: Emulator): void {
  const { calls, contacts, users, numbers, teams, tags, webhooks } = account;
  const call = calls.ring();
  calls.answer(call);
  calls.comment(call, "A comment.");
  contacts.edit(contacts.add(), { firstName: "Noor" });
  contacts.edit(contacts.listed("created_at")[3]?.id ?? 0, { lastName: "Example" });
  for (const list of [users, numbers, teams, tags, webhooks]) list.add();
  webhooks.remove(webhooks.listed[0]?.id ?? 0);
  account.renameCompany("Another Example Ltd");
}

test.each(Object.entries(protocols))(
  "%s gives every stream as the account has it, and then what has changed",
  async (_, protocol) => {
    using folder = temporaryFolder();
    await using aircall = await stillAccount({ account: ACCOUNT });
    const keeper = protocol(aircall, folder, listedStreamNames);
    await keeper.catchUp();
    for (const stream of listedStreamNames) await keeper.expectTruth(stream);
    changeEverything(aircall);
    await keeper.catchUp();
    for (const stream of listedStreamNames) await keeper.expectTruth(stream);
  },
);

/** Older than the hour after which an empty insight counts. */
const AGED_MS = 2 * 3_600_000;

test.each(Object.entries(protocols))(
  "%s gives every insight as the account has it, run by run",
  async (_, protocol) => {
    using folder = temporaryFolder();
    const frozenMs = Date.now() - AGED_MS;
    const clock = { now: () => frozenMs };
    await using aircall = await stillAccount({ account: { calls: 16, days: 20 }, clock });
    const names = requestedStreamNames.filter((name) => !isListed(name));
    const keeper = protocol(aircall, folder, names);
    for (let run = 0; run < 2; run++) {
      await keeper.catchUp();
      for (const stream of names) {
        expect([...aircall.truth(stream)].length).toBeGreaterThan(0);
        await keeper.expectTruth(stream);
      }
    }
  },
);
