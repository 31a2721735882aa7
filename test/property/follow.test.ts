import fc from "fast-check";
import { test } from "vitest";
import type { CaptureEvent } from "../../src/connector.ts";
import type { Block, Document } from "../../src/engine/index.ts";
import { type StreamName, streamNames, streams } from "../../src/streams/index.ts";
import { TestClock } from "../support/clock.ts";
import { holdsForAll } from "../support/properties.ts";
import { CONFIG } from "../support/world.ts";
import { lasting } from "./collections.ts";
import { fault, HistoryWorld, setting } from "./history.ts";
import { act } from "./life.ts";

/** One process that follows every stream of an account, and is refused to say anything twice. */
class FollowingProcess implements AsyncDisposable {
  readonly #world: HistoryWorld;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  readonly #given = new Map<string, string>();
  /** Until when each binding has nothing to do. */
  readonly #idleUntilMs: number[] = streamNames.map(() => -Infinity);
  #heard: () => void = () => {};
  #failure: unknown;

  constructor(world: HistoryWorld) {
    this.#world = world;
    const blocks = world.connector().capture({
      config: { ...CONFIG, advanced: { requests_per_minute: 1_000_000 } },
      bindings: streamNames.map((stream) => ({
        resourceConfig: { stream, syncMode: streams[stream].syncMode },
        stateKey: stream,
      })),
      state: {},
      until: "follow",
      signal: this.#stop.signal,
      onEvent: (event) => this.#onEvent(event),
    });
    this.#ended = this.#listen(blocks).catch((error: unknown) => {
      this.#failure = error;
      this.#heard();
    });
  }

  /** Lets time pass, with all that falls into it. */
  async pass(durationMs: number): Promise<void> {
    const { clock } = this.#world;
    const endMs = clock.now() + durationMs;
    await this.#idle();
    while (clock.now() < endMs) {
      clock.advance(Math.min(endMs, ...this.#idleUntilMs) - clock.now());
      await this.#idle();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    if (this.#failure) throw this.#failure;
  }

  async #idle(): Promise<void> {
    while (!this.#failure && Math.min(...this.#idleUntilMs) <= this.#world.clock.now()) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
    if (this.#failure) throw this.#failure;
  }

  #onEvent(event: CaptureEvent): void {
    if (event.kind === "rests" || event.kind === "wait") this.#idleUntilMs[event.binding] = event.untilMs;
    if (event.kind === "request") this.#idleUntilMs[event.binding] = -Infinity;
    this.#heard();
  }

  async #listen(blocks: AsyncIterable<Block>): Promise<void> {
    for await (const { binding, documents, committed } of blocks) {
      for (const document of documents) this.#take(streamNames[binding] as StreamName, document);
      committed();
    }
  }

  #take(stream: StreamName, { _meta, ...row }: Document): void {
    const key = `${stream} ${row[streams[stream].keyField]}`;
    const version = _meta.op === "d" ? "gone" : lasting(row);
    if (this.#given.get(key) === version)
      throw new Error(`given twice, and had not changed: ${key}\n${version}`);
    this.#given.set(key, version);
  }
}

/** A refusal for being one too many holds up all streams, and only the first in line tells of it. */
const unblocking = fault.filter((one) => one.kind !== "status" || one.status !== 429);

const step = fc.oneof(
  { weight: 5, arbitrary: act.map((one) => ({ act: one })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 * 60 }).map((seconds) => ({ seconds })) },
  { weight: 1, arbitrary: fc.record({ nth: fc.integer({ min: 1, max: 30 }), edit: act }) },
  { weight: 1, arbitrary: unblocking.map((one) => ({ fault: one })) },
);

const followed = fc.record({ setting, steps: fc.array(step, { maxLength: 16, size: "max" }) });

test(
  "T3: a process that follows captures nothing twice that has not changed",
  () =>
    holdsForAll("follow", followed, 16, async ({ setting, steps }) => {
      await using world = await HistoryWorld.begin(setting, new TestClock());
      await using process = new FollowingProcess(world);
      const { faults } = world.emulator;
      for (const one of steps) {
        if ("act" in one) world.life.happens(one.act);
        else if ("seconds" in one) await process.pass(one.seconds * 1_000);
        else if ("fault" in one) faults.add(one.fault);
        else faults.add({ kind: "edit", nth: one.nth, edit: () => world.life.happens(one.edit) });
      }
      faults.clear();
      await process.pass(2 * 3_600_000);
    }),
  600_000,
);
