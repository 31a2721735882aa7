import type { Emulator } from "../../emulator/index.ts";
import { AirbyteConnection } from "../support/airbyte.ts";
import type { TestClock } from "../support/clock.ts";
import type { TemporaryFolder } from "../support/files.ts";
import { FlowTask } from "../support/flow-runtime.ts";
import { emulated, type Start, startInTime, startProgram } from "../support/program.ts";
import { runTap, SingerTarget } from "../support/singer.ts";

export const KEY = { api_id: "emulator-id", api_token: "emulator-token" };

export interface Surroundings {
  readonly aircall: Emulator;
  readonly folder: TemporaryFolder;
  /** Left out, processes run in real time. */
  readonly clock?: TestClock;
}

/** Makes one process capture calls, from where the last one ended. Returns how many calls it captured. */
type CaptureCalls = (startDate: string) => Promise<number>;

/** Processes that come one after another and capture calls, by the protocol that carries their state. */
export const callProcesses: Readonly<Record<string, (surroundings: Surroundings) => CaptureCalls>> = {
  "Flow's endpoint config": (surroundings) =>
    flowProcesses(surroundings, (start_date) => [{ start_date }, {}]),
  "Flow's resource config": (surroundings) =>
    flowProcesses(surroundings, (start_date) => [{}, { start_date }]),
  Airbyte(surroundings) {
    const env = emulated(surroundings.aircall.url);
    let states: unknown;
    return async (start_date) => {
      const connection = new AirbyteConnection({ ...KEY, start_date }, [{ name: "calls" }], env, states);
      const sync = await inTime(surroundings, connection.sync(starter(surroundings)));
      if (sync.exitCode !== 0) throw new Error(`the sync ended with ${sync.exitCode}`);
      states = connection.states;
      return sync.records("calls").length;
    };
  },
  Singer(surroundings) {
    const { aircall, folder } = surroundings;
    const catalog = { streams: [{ tap_stream_id: "calls", replication_method: "INCREMENTAL" }] };
    let target = new SingerTarget();
    return async (start_date) => {
      const files = { config: { ...KEY, start_date }, catalog, state: target.state };
      const tap = runTap(folder, files, emulated(aircall.url), starter(surroundings));
      const { exitCode, stdout, stderr } = await inTime(surroundings, tap);
      if (exitCode !== 0) throw new Error(`the tap ended with ${exitCode}: ${stderr}`);
      target = target.next().takeAll(stdout);
      return target.records("calls").length;
    };
  },
  local(surroundings) {
    const { aircall, folder } = surroundings;
    const to = folder.file("calls.duckdb");
    return async (startDate) => {
      const args = ["capture", "--to", to, "--streams", "calls", "--start-date", startDate, "--json"];
      const { ended } = starter(surroundings)(args, emulated(aircall.url));
      const { exitCode, stdout, stderr } = await inTime(surroundings, ended);
      if (exitCode !== 0) throw new Error(`the capture ended with ${exitCode}: ${stderr}`);
      const summary = stdout.trim().split("\n").at(-1) ?? "";
      return JSON.parse(summary).streams[0].documents;
    };
  },
};

function flowProcesses(
  surroundings: Surroundings,
  configs: (startDate: string) => [endpoint: object, resource: object],
): CaptureCalls {
  const env = emulated(surroundings.aircall.url);
  let state = {};
  return async (startDate) => {
    const [endpoint, resource] = configs(startDate);
    const bindings = [{ resourceConfig: { stream: "calls", ...resource }, stateKey: "calls" }];
    const task = new FlowTask({ ...KEY, ...endpoint }, bindings, env, state);
    const session = task.open(starter(surroundings));
    await inTime(surroundings, session.caughtUp());
    await session.stop();
    state = task.state;
    return task.committed.length;
  };
}

function starter({ aircall, clock }: Surroundings): Start {
  return clock ? startInTime(clock, aircall) : startProgram;
}

/** Lets time pass until the work is done. */
function inTime<Result>({ clock }: Surroundings, work: Promise<Result>): Promise<Result> {
  return clock ? clock.runWhile(work) : work;
}
