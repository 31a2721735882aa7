import { type CaptureProgress, placeOf, type Store } from "../local/index.ts";
import type { StatusAddress } from "../status/index.ts";
import { isStreamName, streams } from "../streams/index.ts";
import type { Account } from "./account.ts";
import type { CaptureView } from "./capture-view.ts";
import type { CliContext } from "./context.ts";

interface StatusPageOptions {
  readonly account: Account;
  readonly view: CaptureView;
  readonly target: string;
  readonly schema?: string | undefined;
  readonly status?: StatusAddress | undefined;
}

/** The port of the status page, where the command line asks for one. Throws a `ConfigError` if it cannot be opened. */
export async function openStatusPage(
  { ports, redactor }: CliContext,
  { account, target, schema, status, view }: StatusPageOptions,
  { progress, store }: { readonly progress: CaptureProgress; readonly store: Store },
): Promise<{ close(): Promise<void> } | undefined> {
  if (status === undefined) return undefined;
  // No capture without a page waits for this to be loaded.
  const { StatusServer } = await import("../status/index.ts");
  const { clock } = ports;
  const sources = {
    target: placeOf(target, schema).name,
    progress,
    store,
    newestBy: (stream: string) => (isStreamName(stream) ? streams[stream].newestBy : undefined),
    charted: "calls",
    quotaUse: () => account.connector.quotaUse,
    receivesEvents: account.connector.receivesEvents(account.config),
    clock,
    hide: (text: string) => redactor.hide(text),
  };
  const server = await StatusServer.listen(status, sources, view.log);
  view.page(server.url);
  return server;
}
