import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { stopOnSignals } from "./stop.ts";

/** Stands for the process: signals that it sends to itself are written down. */
class Target extends EventEmitter {
  readonly pid = 7;
  readonly sent: unknown[] = [];
  kill = (pid: number, signal?: string | number) => {
    this.sent.push([pid, signal, this.listenerCount(String(signal))]);
    return true as const;
  };
}

function started() {
  const target = new Target();
  const world = { nowMs: 1_000, stops: 0 };
  stopOnSignals(
    target as unknown as NodeJS.Process,
    () => world.nowMs,
    () => {
      world.stops += 1;
    },
  );
  return { target, world };
}

test("the first signal asks for a stop, and a second one ends the process at once", () => {
  for (const [first, second] of [
    ["SIGINT", "SIGINT"],
    ["SIGTERM", "SIGINT"],
    ["SIGINT", "SIGTERM"],
  ] as const) {
    const { target, world } = started();
    target.emit(first, first);
    expect({ stops: world.stops, sent: target.sent }).toEqual({ stops: 1, sent: [] });
    world.nowMs += 1_000;
    target.emit(second, second);
    expect(target.sent).toEqual([[7, second, 0]]);
  }
});

test("a Ctrl-C that npm passes on as well counts once", () => {
  const { target, world } = started();
  target.emit("SIGINT", "SIGINT");
  world.nowMs += 50;
  target.emit("SIGINT", "SIGINT");
  expect({ stops: world.stops, sent: target.sent }).toEqual({ stops: 1, sent: [] });
});

test("a closed terminal, which sends SIGHUP twice, only asks for a stop", () => {
  const { target, world } = started();
  for (let times = 0; times < 2; times++) {
    target.emit("SIGHUP", "SIGHUP");
    world.nowMs += 1_000;
  }
  expect(world.stops).toBeGreaterThan(0);
  expect(target.sent).toEqual([]);
});
