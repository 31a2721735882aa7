import { StoreError } from "../../errors.ts";
import { type Client, LONGEST_LOCK_WAIT } from "./connect.ts";
import { isLoss } from "./faults.ts";
import type { Schema } from "./schema.ts";
import { quoteText } from "./sql.ts";

/** The connection of a process that was killed may end a little later than the process. */
const LONGEST_WAIT_FOR_OTHERS = "1s";

/** Takes the lock that a writer has. It ends with the connection. Throws a `StoreError` that names who has it. */
export async function lock(client: Client, { name, place }: Schema): Promise<void> {
  const key = `hashtextextended(${quoteText(`source-aircall ${name}`)}, 0)`;
  try {
    await client.query(
      `SET lock_timeout = '${LONGEST_WAIT_FOR_OTHERS}'; SELECT pg_advisory_lock(${key}); SET lock_timeout = '${LONGEST_LOCK_WAIT}'`,
    );
  } catch (cause) {
    if (isLoss(cause)) throw cause;
    const { rows } = await client.query(
      `SELECT pid, coalesce(' from ' || host(client_addr), '') AS origin
         FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = ${key}`,
    );
    const who = rows[0] ? ` (server process ${rows[0].pid}${rows[0].origin})` : "";
    throw new StoreError(
      `${place} is open in another process${who}; stop that process or choose another schema with --schema.`,
      { cause },
    );
  }
}

/** A process of the server that works for a connection. */
export interface Backend {
  readonly pid: number;
  readonly startedAt: string;
}

export async function backendOf(client: Client): Promise<Backend> {
  const { rows } = await client.query(
    `SELECT pid, backend_start::text AS "startedAt" FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
  );
  return rows[0];
}

/** The server may not have noticed that our last connection is lost, and may still work for it. */
export async function endBackend(client: Client, { pid, startedAt }: Backend): Promise<void> {
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2",
    [pid, startedAt],
  );
}
