import { type AddressInfo, createServer } from "node:net";
import type { Emulator } from "../../../emulator/index.ts";
import type { Store } from "../../local/index.ts";
import type { Clock } from "../../shared/ports.ts";
import { streamNames } from "../../streams/index.ts";
import { openAccount } from "../account.ts";
import type { CliContext } from "../context.ts";
import { captureAndReport, withStore } from "../local-capture.ts";
import { writeLine } from "../terminal.ts";
import { Delays } from "./delays.ts";
import { delaysTable, delaysView } from "./delays-view.ts";
import { letPeopleWork, startLivingAccount } from "./living-account.ts";

export interface FollowOptions {
  readonly path: string;
  readonly callsPerMinute: number;
}

/** Follows a made-up account with events until stopped, shows how soon each change is captured, and returns the exit code. */
export async function followDemo(context: CliContext, options: FollowOptions): Promise<number> {
  const emulator = await startLivingAccount(options.callsPerMinute);
  const endWork = letPeopleWork(emulator, context.ports.clock);
  try {
    return await follow(context, options, emulator);
  } finally {
    endWork();
    await emulator.close();
  }
}

async function follow(context: CliContext, { path }: FollowOptions, emulator: Emulator): Promise<number> {
  const { API_ID, API_TOKEN } = await import("../../../emulator/index.ts");
  const delays = new Delays(emulator, (change) => view.came(change));
  const view = delaysView(context, delays);
  const port = await freePort();
  const env = {
    ...context.env,
    AIRCALL_API_URL: emulator.url,
    AIRCALL_API_ID: API_ID,
    AIRCALL_API_TOKEN: API_TOKEN,
    AIRCALL_EVENTS_PORT: String(port),
    AIRCALL_EVENTS_HOST: "127.0.0.1",
  };
  const eventsUrl = `http://127.0.0.1:${port}`;
  const account = await openAccount({ ...context, env }, view.log, { eventsUrl });
  const run = { account, view, target: path, streams: streamNames, follow: true, asJson: false };
  return withStore(context, run, async (store) => {
    writeLine(
      context.stdout,
      `A made-up Aircall account at ${emulator.url} sends its events to ${eventsUrl}.\n`,
    );
    const exitCode = await captureAndReport(context, run, watched(store, delays, context.ports.clock));
    writeLine(context.stdout, `\n${delaysTable(delays)}`);
    return exitCode;
  });
}

/** The store, with each commit measured. */
function watched(store: Store, delays: Delays, clock: Pick<Clock, "now">): Store {
  return {
    get state() {
      return store.state;
    },
    async commit(blocks, patch) {
      await store.commit(blocks, patch);
      delays.committed(blocks, clock.now());
    },
    rowCounts: () => store.rowCounts(),
    summary: (question) => store.summary(question),
    close: () => store.close(),
  };
}

/** A port of this machine that nothing listens on, so that a capture of another account is not in the way. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
