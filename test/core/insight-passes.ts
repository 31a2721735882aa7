import {
  type EmulatorOptions,
  INSIGHT_KINDS,
  INSIGHT_NAMES,
  type InsightName,
} from "../../emulator/index.ts";
import { bindingPatch, type Document, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { type CaptureOptions, capture, withinLines } from "../support/capture.ts";
import { leapingClock } from "../support/clock.ts";
import { connectorTo, startWorld, type World } from "../support/world.ts";

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** An account without calls, whose calls have the insights that a test adds. In moved time, seven seconds past an hour. */
export async function emptyWorld(insights: Partial<EmulatorOptions["insights"]> = {}): Promise<World> {
  const options = { account: { calls: 0, contacts: 0 }, insights: { share: 0, ...insights } };
  const world = await startWorld(options, leapingClock());
  world.clock.advance(7_000);
  return world;
}

export const nowSeconds = ({ clock }: World): number => Math.floor(clock.now() / 1_000);

/** A call that began so many seconds ago, is over, and was recorded. Returns its ID. */
export function addCall(world: World, secondsAgo = 0, names: readonly InsightName[] = []): number {
  const { calls } = world.emulator.account;
  const id = calls.add(1, { startedAtSeconds: nowSeconds(world) - secondsAgo });
  if (calls.life(id).endedAt > nowSeconds(world)) {
    calls.answer(id);
    calls.end(id);
  }
  calls.record(id);
  for (const name of names) addInsight(world, id, name);
  return id;
}

const UTTERANCE = { start_time: 1, end_time: 2, text: "Good morning", participant_type: "external" };

/** Adds an insight that says something, however short the call was. */
export function addInsight({ emulator }: World, callId: number, name: InsightName): void {
  const content =
    name === "transcriptions" ? { content: { language: "en-GB", utterances: [UTTERANCE] } } : {};
  emulator.account.insights.add(callId, name, content);
}

export interface Asked {
  readonly name: InsightName;
  readonly callId: number;
  readonly atSeconds: number;
}

export type PassesOptions = Pick<CaptureOptions, "config" | "resource" | "onEvent">;

/**
 * Processes one after the other, each of which makes a pass over streams of insights from the state that the last one has
 * left.
 */
export class InsightPasses {
  state: JsonObject = {};
  /** What was captured, by stream, in the order in which it came. */
  readonly documents: Record<InsightName, Document[]>;
  readonly #world: World;
  readonly #names: readonly InsightName[];
  readonly #options: PassesOptions;

  constructor(world: World, names: readonly InsightName[] = INSIGHT_NAMES, options: PassesOptions = {}) {
    this.#world = world;
    this.#names = names;
    this.#options = options;
    this.documents = Object.fromEntries(INSIGHT_NAMES.map((name) => [name, []])) as never;
  }

  /** Makes a pass, or as much of one as fits into so many lines. Returns how many documents came. */
  async pass(lines = Number.POSITIVE_INFINITY): Promise<number> {
    const { clock, emulator, ports } = this.#world;
    const connector = connectorTo(emulator, clock, { log: ports.log });
    const state = structuredClone(this.state);
    let count = 0;
    for await (const block of withinLines(
      lines,
      capture(connector, this.#names, { ...this.#options, state }),
    )) {
      this.state = mergePatch(this.state, bindingPatch(block.stateKey, block.patch));
      this.documents[block.stateKey as InsightName]?.push(...block.documents);
      count += block.documents.length;
      block.committed();
    }
    return count;
  }

  /** Makes passes until so much time has gone by. */
  async passFor(seconds: number, everySeconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += everySeconds) {
      await this.pass();
      this.#world.clock.advance(everySeconds * 1_000);
    }
    await this.pass();
  }

  ownState(name: InsightName): JsonObject {
    return (this.state.bindingStateV1 as JsonObject)[name] as JsonObject;
  }
}

/** Which insights were asked for so far, and forgets them. */
export function takeAsked({ emulator }: World): Asked[] {
  const asked = emulator.requests.recent.flatMap(({ target, atMs }) => {
    const [, callId, path] = /^\/v1\/calls\/(\d+)\/(\w+)/.exec(target) ?? [];
    const name = INSIGHT_NAMES.find((each) => INSIGHT_KINDS[each].path === path);
    return name ? [{ name, callId: Number(callId), atSeconds: Math.floor(atMs / 1_000) }] : [];
  });
  emulator.requests.clear();
  return asked;
}

/** How often each kind was asked for. */
export function counts(asked: readonly Asked[]): Partial<Record<InsightName, number>> {
  const names = [...new Set(asked.map(({ name }) => name))];
  return Object.fromEntries(names.map((name) => [name, asked.filter((one) => one.name === name).length]));
}

/** How many requests for lists of calls there were. */
export function listsOf({ emulator }: World): number {
  return emulator.requests.byPath.get("/v1/calls") ?? 0;
}
