import fc from "fast-check";
import { type Emulator, type EmulatorOptions, type Fault, startEmulator } from "../../emulator/index.ts";
import { Connector } from "../../src/connector.ts";
import { type Block, bindingPatch, type Document, mergePatch } from "../../src/engine/index.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { listedStreamNames, type StreamName } from "../../src/streams/index.ts";
import { AcceptedMessages } from "../support/accepted-messages.ts";
import { capture } from "../support/capture.ts";
import { TestClock, takingTime } from "../support/clock.ts";
import { freePort } from "../support/event-world.ts";
import { testPorts } from "../support/world.ts";
import { Collections } from "./collections.ts";
import { fault } from "./history.ts";
import { AccountLife, type Act, act, announcedAct } from "./life.ts";

const DAY_SECONDS = 86_400;

/** How long the world lets pass between two deliveries of events. */
const TICK_SECONDS = 5;

type EventOptions = NonNullable<EmulatorOptions["events"]>;
type MessageAct = "send" | "receive" | "group" | "status";
type Harm = "disable" | "remove" | "rename" | "fewer events";

export type EventStep =
  | { readonly kind: "act"; readonly act: Act }
  | { readonly kind: "message"; readonly what: MessageAct; readonly pick: number }
  | { readonly kind: "advance"; readonly seconds: number }
  /** A process begins in place of the one that runs, and dies after so many lines. */
  | { readonly kind: "process"; readonly lines: number; readonly commitsLate: number; readonly part: Part }
  | { readonly kind: "die" }
  | { readonly kind: "forge"; readonly pick: number }
  | { readonly kind: "options"; readonly options: Partial<EventOptions> }
  | { readonly kind: "outage"; readonly seconds: number }
  | { readonly kind: "harm"; readonly harm: Harm }
  | { readonly kind: "fault"; readonly fault: Fault };

type Part = readonly StreamName[];

const ALL: Part = [...listedStreamNames, "messages"];
const part = fc.constantFrom<Part>(ALL, ALL, ALL, ["calls", "messages"], ["contacts", "users", "messages"]);

const message = fc.record({
  kind: fc.constant("message" as const),
  what: fc.constantFrom<MessageAct>("send", "receive", "group", "status", "status"),
  pick: fc.nat(1_000),
});
const advance = fc.record({
  kind: fc.constant("advance" as const),
  seconds: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 100 })),
});
const processOf = (part: fc.Arbitrary<Part>) =>
  fc.record({
    kind: fc.constant("process" as const),
    lines: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 400 }), fc.constant(Infinity)),
    commitsLate: fc.constantFrom(0, 0, 3, 20),
    part,
  });
const forge = fc.record({ kind: fc.constant("forge" as const), pick: fc.nat(1_000) });

/** In the forms that are possible, twice and in disorder. */
const shapes = {
  duplicates: fc.constantFrom(0, 0.5),
  disorderSeconds: fc.constantFrom(0, 20),
  retrySpacing: fc.constantFrom("growing" as const, "minute" as const),
  retryTimestamp: fc.constantFrom("identical" as const, "rebuilt" as const),
  whileDisabled: fc.constantFrom("lost" as const, "queued" as const),
  messageTimes: fc.constantFrom("iso" as const, "ms" as const),
  media: fc.constantFrom("media_details" as const, "media_url" as const),
  statusNumber: fc.constantFrom("present" as const, "absent" as const),
  contactDates: fc.constantFrom("iso" as const, "seconds" as const),
};
const options = <Shape>(model: { [Name in keyof Shape]: fc.Arbitrary<Shape[Name]> }) =>
  fc.record({ kind: fc.constant("options" as const), options: fc.record(model) });

const onTheWay: fc.Arbitrary<EventStep>[] = [
  ...[message, message, message, advance, advance, forge],
  fault.map((one): EventStep => ({ kind: "fault", fault: one })),
];

/** Nothing is lost for good, and all that happens is announced. */
const announcedStep: fc.Arbitrary<EventStep> = fc.oneof(
  ...onTheWay,
  // An event of a stream that is not captured at the moment is not kept for later.
  processOf(fc.constant(ALL)),
  announcedAct.map((one): EventStep => ({ kind: "act", act: one })),
  announcedAct.map((one): EventStep => ({ kind: "act", act: one })),
  announcedAct.map((one): EventStep => ({ kind: "act", act: one })),
  options(shapes),
);

const anyStep: fc.Arbitrary<EventStep> = fc.oneof(
  ...onTheWay,
  processOf(part),
  act.map((one): EventStep => ({ kind: "act", act: one })),
  act.map((one): EventStep => ({ kind: "act", act: one })),
  act.map((one): EventStep => ({ kind: "act", act: one })),
  options({ ...shapes, losses: fc.constantFrom(0, 0.3, 1) }),
  fc.record({ kind: fc.constant("outage" as const), seconds: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    kind: fc.constant("harm" as const),
    harm: fc.constantFrom<Harm>("disable", "remove", "rename", "fewer events"),
  }),
  fc.constant<EventStep>({ kind: "die" }),
);

export interface EventHistory {
  readonly pastCalls: number;
  readonly contacts: number;
  readonly steps: readonly EventStep[];
}

const historyOf = (step: fc.Arbitrary<EventStep>): fc.Arbitrary<EventHistory> =>
  fc.record({
    pastCalls: fc.nat(70),
    contacts: fc.nat(8),
    steps: fc.array(step, { minLength: 8, maxLength: 30, size: "max" }),
  });

export const announcedHistory = historyOf(announcedStep);
export const anyHistory = historyOf(anyStep);

/** An account in moved time that sends events over HTTP, and processes that come and go and receive them. */
export class EventHistoryWorld implements AsyncDisposable {
  readonly clock: TestClock;
  readonly emulator: Emulator;
  readonly life: AccountLife;
  readonly collections: Collections;
  readonly listInProgress = true;
  readonly accepted: AcceptedMessages;
  /** The messages that have been captured, as Flow's collection merges them. */
  readonly messages = new Map<string, JsonObject>();
  readonly #port: number;
  #process: Process | undefined;
  readonly #sent: string[] = [];

  static async begin({ pastCalls, contacts }: EventHistory): Promise<EventHistoryWorld> {
    const clock = new TestClock();
    const accepted = new AcceptedMessages();
    const account = { calls: 0, contacts: 0, users: 4, numbers: 2, teams: 2, tags: 3, webhooks: 2 };
    const emulator = await startEmulator({
      ...{ clock: clock.truth, limit: null, account, httpOnThisMachine: true },
      // The other webhooks of the account lead elsewhere.
      sendEvent: async (input, init) =>
        String(input).startsWith("http://127.0.0.1")
          ? clock.hold(() => accepted.sendWith(fetch)(input, init))
          : new Response(),
    });
    const world = new EventHistoryWorld(clock, emulator, accepted, await freePort());
    for (let left = pastCalls, day = 0; left > 0; left -= 17, day += 2.3)
      world.life.addCalls(Math.min(17, left), Math.floor(day * DAY_SECONDS));
    world.life.addContacts(contacts);
    return world;
  }

  private constructor(clock: TestClock, emulator: Emulator, accepted: AcceptedMessages, port: number) {
    this.clock = clock;
    this.emulator = emulator;
    this.accepted = accepted;
    this.#port = port;
    this.life = new AccountLife(emulator.account);
    this.collections = new Collections(emulator);
  }

  async take(step: EventStep): Promise<void> {
    if (step.kind === "act") this.life.happens(step.act);
    else if (step.kind === "message") this.#message(step.what, step.pick);
    else if (step.kind === "advance") await this.pass(step.seconds);
    else if (step.kind === "process") await this.start(step.part, step.lines, step.commitsLate);
    else if (step.kind === "die") await this.die();
    else if (step.kind === "forge") await this.#forge(step.pick);
    else if (step.kind === "options") Object.assign(this.emulator.events.options, step.options);
    else if (step.kind === "harm") this.#harm(step.harm);
    else if (step.kind === "fault") this.emulator.faults.add(step.fault);
    else {
      const fromMs = this.clock.truth.now();
      this.emulator.events.options.outages.push({ fromMs, untilMs: fromMs + step.seconds * 1_000 });
    }
  }

  /** Begins a process that follows, in place of the one that runs. */
  async start(names: Part, lines = Infinity, commitsLate = 0): Promise<void> {
    await this.die();
    const port = this.#port;
    const ports = { ...testPorts(this.clock), fetch: takingTime(this.clock, this.emulator.fetch, 0) };
    const origin = this.emulator.url;
    const connector = new Connector({ ports, origin, rateWindowMs: 0, eventsPort: { port } });
    const stopping = new AbortController();
    const blocks = capture(connector, names, {
      config: { advanced: { events_url: this.#eventsUrl } },
      state: structuredClone(this.collections.state),
      until: "follow",
      signal: stopping.signal,
    });
    const commit = (block: Block) => this.#commit(block, names);
    this.#process = new Process({ blocks, lines, commitsLate, commit, stopping, clock: this.clock });
    await this.pass(1);
  }

  /** Ends the process, and with it all that has not been committed. */
  async die(): Promise<void> {
    await this.#process?.die();
    this.#process = undefined;
    this.collections.restart();
  }

  /** Lets time pass, in which events are sent. */
  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= TICK_SECONDS) {
      await this.clock.runUntil(this.clock.truth.now() + Math.min(left, TICK_SECONDS) * 1_000);
      await this.emulator.events.deliverDue();
    }
    await this.clock.runUntil(this.clock.truth.now());
    this.#process?.throwIfFailed();
  }

  /** A whole pass over the lists, without events. */
  async poll(): Promise<void> {
    await this.die();
    const ports = { ...testPorts(this.clock), fetch: takingTime(this.clock, this.emulator.fetch, 0) };
    const connector = new Connector({ ports, origin: this.emulator.url, rateWindowMs: 0 });
    const blocks = capture(connector, listedStreamNames, { state: structuredClone(this.collections.state) });
    const polling = (async () => {
      for await (const block of blocks) this.#commit(block, listedStreamNames);
    })();
    await this.clock.runWhile(polling, 0);
    this.collections.restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.die();
    await this.emulator.close();
  }

  get #eventsUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  #commit(block: Block, names: Part): void {
    if (listedStreamNames.some((name) => name === names[block.binding])) {
      this.collections.take(block, names as readonly (typeof listedStreamNames)[number][]);
      return;
    }
    for (const document of block.documents) this.#keepMessage(document);
    this.collections.state = mergePatch(this.collections.state, bindingPatch(block.stateKey, block.patch));
    block.committed();
  }

  #keepMessage({ _meta, ...fields }: Document): void {
    const id = String(fields.id);
    this.messages.set(id, { ...this.messages.get(id), ...fields });
  }

  #message(what: MessageAct, pick: number): void {
    const { messages, nowSeconds } = this.emulator.account;
    const latest = this.#sent.slice(-4);
    const id = latest[pick % Math.max(1, latest.length)];
    if (what === "status") {
      const last = id === undefined ? undefined : messages.find(id)?.statuses.at(-1);
      // Two in one second have no order.
      if (id && last && last.atMs < nowSeconds * 1_000 - 999) messages.updateStatus(id, `status ${pick}`);
    } else if (what === "group") {
      this.#sent.push(messages.send({ group: { conversationId: "conversation", participants: ["1", "2"] } }));
    } else this.#sent.push(messages[what]({ body: `Message ${pick}` }));
  }

  get #webhook() {
    return this.emulator.account.webhooks.listed.find(({ url }) => url.startsWith(this.#eventsUrl));
  }

  #harm(harm: Harm): void {
    const { webhooks } = this.emulator.account;
    const webhook = this.#webhook;
    if (!webhook) return;
    if (harm === "remove") webhooks.remove(webhook.id);
    else if (harm === "disable") webhooks.edit(webhook.id, { active: false });
    else if (harm === "rename") webhooks.edit(webhook.id, { url: "https://elsewhere.test/" });
    else webhooks.edit(webhook.id, { events: ["call.ended"] });
  }

  /** What a stranger sends, and what a sender with the right token might. */
  async #forge(pick: number): Promise<void> {
    const webhook = this.#webhook;
    const url = webhook?.url ?? `${this.#eventsUrl}/0123456789`;
    const timestamp = this.emulator.account.nowSeconds;
    const event = { resource: "call", event: "call.ended", timestamp, token: webhook?.token, data: {} };
    const ids = { contact: this.life.contacts[pick % Math.max(1, this.life.contacts.length)] ?? 1 };
    const odd: readonly object[] = [
      { data: { id: "no number" } },
      { data: { id: 7, started_at: "yesterday" } },
      { data: { id: 7, started_at: 1e300 } },
      { data: { id: 7, started_at: -1.5 } },
      { data: { id: "41571000000" } },
      { event: "contact.deleted", data: { id: ids.contact } },
      { event: "contact.deleted", data: { id: String(ids.contact) } },
      { event: "contact.updated", data: { id: ids.contact, updated_at: 9e15 } },
      { event: "user.deleted.v2", data: { id: {} } },
      { event: "number.closed", data: { id: null } },
      { event: "message.sent", data: { id: {} } },
      { event: "message.sent", data: { id: "forged", body: { deep: [1] }, updated_at: "never" } },
      { event: "message.status_updated", data: { id: "forged", status: null, updated_at: 1e99 } },
      { event: "__proto__", data: { id: 7 } },
      { event: "call.", timestamp: 0, data: { id: 7 } },
      { token: "0123456789abcdef" },
      { token: 7 },
      { timestamp: "now" },
      { data: [] },
    ];
    const bodies = [
      ...odd.map((fields) => JSON.stringify({ ...event, ...fields })),
      `{"event":"message.sent","timestamp":${timestamp},"token":"${webhook?.token}","data":{"id":"forged","__proto__":{"a":1},"_meta":{"op":"d"}}}`,
      ...["", "{", "[]", "null", "\u0000", "{}"],
    ];
    const target = pick % 7 === 0 ? `${url}x` : url;
    const body = bodies[pick % bodies.length] ?? "";
    await this.clock.hold(() => fetch(target, { method: "POST", body }).catch(() => undefined));
  }
}

interface ProcessOptions {
  readonly blocks: AsyncIterable<Block>;
  readonly lines: number;
  /** How many turns of the event loop a commit takes. */
  readonly commitsLate: number;
  readonly commit: (block: Block) => void;
  readonly stopping: AbortController;
  readonly clock: TestClock;
}

/** A process that captures, commits a little later, and dies after so many lines of output. */
class Process {
  readonly #options: ProcessOptions;
  readonly #ended: Promise<void>;
  #waiting: Block[] = [];
  #isDead = false;
  #failure: unknown;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#ended = this.#run();
    this.#ended.catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async die(): Promise<void> {
    this.#isDead = true;
    this.#options.stopping.abort();
    // A port that is being closed may wait for its connections.
    await this.#options.clock.runWhile(this.#ended);
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }

  async #run(): Promise<void> {
    let left = this.#options.lines;
    for await (const block of this.#options.blocks) {
      left -= block.documents.length + 1;
      if (left < 0) this.#isDead = true;
      if (this.#isDead) return;
      this.#waiting.push(block);
      void this.#options.clock.hold(() => this.#commitLater());
    }
  }

  async #commitLater(): Promise<void> {
    for (let turns = this.#options.commitsLate; turns > 0; turns--) await new Promise(setImmediate);
    const block = this.#waiting.shift();
    try {
      if (block && !this.#isDead) this.#options.commit(block);
    } catch (error) {
      this.#failure ??= error;
    }
  }
}
