/**
 * A process that the tests kill, limit and watch: `node store-writer.ts <target> <task>`. It writes a
 * line when the store is open, and one after each commit; a refusal goes to stderr, with exit code 1.
 */

import { StoreError } from "../../src/errors.ts";
import type { Store } from "../../src/local/index.ts";
import { calls, callsState, openCalls, present } from "./stored-calls.ts";

const ROUND = 200;

const [target = "", task = "close"] = process.argv.slice(2);
try {
  const store = await openCalls(target);
  process.stdout.write("open\n");
  if (task === "keep") setInterval(() => store.state, 1_000);
  if (task === "commit") await commitForever(store);
  if (task === "close") await store.close();
} catch (error) {
  process.stderr.write(error instanceof StoreError ? `${error.message}\n` : String(error));
  process.exitCode = 1;
}

/** Each round writes the same keys and a few new ones, with the round in every row and in the state. */
async function commitForever(store: Store): Promise<never> {
  for (let round = Number(callsState(store).round ?? 0) + 1; ; round++) {
    const documents = Array.from({ length: ROUND }, (_, index) => {
      const extra =
        round % 3 === 0 ? { [`field_${round}`]: "new", duration: round / 2 } : { duration: round };
      return present({ id: index + round, round, user: { name: "x".repeat(500) }, ...extra });
    });
    await store.commit([calls(documents, { round })]);
    process.stdout.write(`${round}\n`);
  }
}
