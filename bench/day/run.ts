import { isRunName, RUNS } from "./runs.ts";

/** One run, whose result goes to standard output as JSON. */

const [name] = process.argv.slice(2);
if (!isRunName(name)) throw new Error(`Name one of these runs: ${Object.keys(RUNS).join(", ")}.`);
process.stdout.write(JSON.stringify(await RUNS[name]()));
