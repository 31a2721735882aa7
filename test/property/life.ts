import fc from "fast-check";
import type { Account } from "../../emulator/index.ts";

/** Something that happens in an account. `pick` chooses whom it happens to. */
export interface Act {
  readonly kind: ActKind;
  readonly pick: number;
}

/** What a test has let happen in an account, and when it last touched what is told of each call. */
export class AccountLife {
  readonly account: Account;
  readonly calls: number[] = [];
  readonly contacts: number[] = [];
  readonly removedCalls = new Set<number>();
  readonly deletedContacts = new Set<number>();
  #touchedAllSeconds = -Infinity;
  readonly #touchedSeconds = new Map<number, number>();
  readonly #settled = new Set<number>();
  #renames = 0;

  constructor(account: Account) {
    this.account = account;
  }

  happens({ kind, pick }: Act): void {
    ACTS[kind](this, pick);
  }

  addCalls(count: number, agoSeconds: number): void {
    const startedAtSeconds = this.account.nowSeconds - agoSeconds;
    const first = this.account.calls.add(count, { startedAtSeconds });
    for (let id = first; id < first + count; id++) this.calls.push(id);
  }

  addContacts(count: number): void {
    for (let added = 0; added < count; added++) this.contacts.push(this.account.contacts.add());
  }

  /** When what is told of a call, other than its signed links and what is live, last changed. */
  lastChangeSeconds(id: number): number {
    const now = this.account.nowSeconds;
    const life = this.account.calls.life(id);
    const instants = [
      ...[life.answeredAt, life.endedAt, life.settledAt, life.assetAt, life.archivedAt],
      ...[...life.tags, ...life.comments].map(({ atSeconds }) => atSeconds),
      ...[life.assignment, life.transfer].map((moment) => moment?.atSeconds ?? -Infinity),
    ];
    const own = instants.filter((instant) => instant <= now);
    return Math.max(this.#touchedAllSeconds, this.#touchedSeconds.get(id) ?? -Infinity, ...own);
  }

  /** Lets something happen to one of the calls, a late one as often as any. */
  ofCall(pick: number, change: (id: number) => void): void {
    const late = this.calls.slice(-5);
    const candidates = pick % 2 === 0 ? late : this.calls;
    const id = candidates[Math.floor(pick / 2) % Math.max(1, candidates.length)];
    if (id === undefined || this.removedCalls.has(id)) return;
    change(id);
    this.#touchedSeconds.set(id, this.account.nowSeconds);
  }

  settle(id: number): void {
    if (this.#settled.has(id) || this.account.calls.life(id).endedAt > this.account.nowSeconds) return;
    this.#settled.add(id);
    this.account.calls.settle(id);
  }

  ofContact(pick: number, change: (id: number) => void): void {
    const alive = this.contacts.filter((id) => !this.deletedContacts.has(id));
    const id = alive[pick % Math.max(1, alive.length)];
    if (id !== undefined) change(id);
  }

  /** Calls tell of users, numbers, teams and tags by their present names. */
  ofDirectory(change: () => void): void {
    change();
    this.#touchedAllSeconds = this.account.nowSeconds;
  }

  nextName(): string {
    this.#renames += 1;
    return `Renamed ${this.#renames}`;
  }
}

type Happening = (life: AccountLife, pick: number) => void;

const toCall =
  (change: (life: AccountLife, id: number, pick: number) => void): Happening =>
  (life, pick) =>
    life.ofCall(pick, (id) => change(life, id, pick));

const ofOne = (ids: readonly { readonly id: number }[], pick: number, change: (id: number) => void) => {
  const one = ids[pick % Math.max(1, ids.length)];
  if (one) change(one.id);
};

const ACTS = {
  ring: (life, pick) => {
    const direction = pick % 2 === 0 ? "inbound" : "outbound";
    const id = life.account.calls.ring({ direction });
    life.calls.push(id);
    if (pick % 3 > 0) life.account.calls.answer(id);
  },
  burst: (life, pick) => life.addCalls(51 + (pick % 30), pick % 4),
  finished: (life, pick) => life.addCalls(1 + (pick % 3), pick % 20),
  answer: toCall(({ account }, id) => account.calls.answer(id)),
  end: toCall((life, id) => {
    if (life.account.calls.life(id).endedAt > life.account.nowSeconds) life.account.calls.end(id);
  }),
  settle: toCall((life, id) => life.settle(id)),
  record: toCall(({ account }, id) => account.calls.record(id)),
  comment: toCall(({ account }, id, pick) => account.calls.comment(id, `comment ${pick}`)),
  tagCall: toCall(({ account }, id, pick) =>
    ofOne(account.tags.listed, pick, (tagId) => {
      if (account.calls.life(id).tags.every((tag) => tag.tagId !== tagId)) account.calls.tag(id, tagId);
    }),
  ),
  untagCall: toCall(({ account }, id) => {
    const [tag] = account.calls.life(id).tags;
    if (tag) account.calls.untag(id, tag.tagId);
  }),
  assign: toCall(({ account }, id, pick) =>
    ofOne(account.users.listed, pick, (userId) => account.calls.assign(id, userId)),
  ),
  archive: toCall(({ account }, id) => account.calls.archive(id)),
  unarchive: toCall(({ account }, id) => account.calls.unarchive(id)),
  removeCall: toCall((life, id) => {
    life.account.calls.remove(id);
    life.removedCalls.add(id);
  }),
  addContact: (life, pick) => life.addContacts(1 + (pick % 3)),
  editContact: (life, pick) =>
    life.ofContact(pick, (id) => life.account.contacts.edit(id, { lastName: life.nextName() })),
  deleteContact: (life, pick) =>
    life.ofContact(pick, (id) => {
      life.account.contacts.remove(id);
      life.deletedContacts.add(id);
    }),
  addTag: (life) => void life.account.tags.add(),
  editTag: (life, pick) =>
    life.ofDirectory(() =>
      ofOne(life.account.tags.listed, pick, (id) => life.account.tags.edit(id, { name: life.nextName() })),
    ),
  deleteTag: (life, pick) =>
    life.ofDirectory(() => ofOne(life.account.tags.listed, pick, (id) => life.account.tags.remove(id))),
  addUser: (life) => void life.account.users.add(),
  editUser: (life, pick) =>
    life.ofDirectory(() =>
      ofOne(life.account.users.listed, pick, (id) => life.account.users.edit(id, { name: life.nextName() })),
    ),
  removeUser: (life, pick) =>
    life.ofDirectory(() => ofOne(life.account.users.listed, pick, (id) => life.account.users.remove(id))),
  addNumber: (life) => void life.account.numbers.add(),
  editNumber: (life, pick) =>
    life.ofDirectory(() =>
      ofOne(life.account.numbers.listed, pick, (id) =>
        life.account.numbers.edit(id, { name: life.nextName() }),
      ),
    ),
  removeNumber: (life, pick) =>
    life.ofDirectory(() => ofOne(life.account.numbers.listed, pick, (id) => life.account.numbers.remove(id))),
  addTeam: (life) => void life.account.teams.add(),
  editTeam: (life, pick) =>
    life.ofDirectory(() =>
      ofOne(life.account.teams.listed, pick, (id) => life.account.teams.edit(id, { name: life.nextName() })),
    ),
  removeTeam: (life, pick) =>
    life.ofDirectory(() => ofOne(life.account.teams.listed, pick, (id) => life.account.teams.remove(id))),
  addWebhook: (life) => void life.account.webhooks.add(),
  editWebhook: (life, pick) =>
    ofOne(life.account.webhooks.listed, pick, (id) =>
      life.account.webhooks.edit(id, { url: `https://moved.test/${life.nextName()}` }),
    ),
  removeWebhook: (life, pick) =>
    ofOne(life.account.webhooks.listed, pick, (id) => life.account.webhooks.remove(id)),
  renameCompany: (life) => life.account.renameCompany(life.nextName()),
} satisfies Record<string, Happening>;

type ActKind = keyof typeof ACTS;

const kinds = Object.keys(ACTS) as ActKind[];
const RARE = /burst|remove|delete/;

export const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...kinds.filter((kind) => !RARE.test(kind))) },
    { weight: 3, arbitrary: fc.constantFrom(...kinds.filter((kind) => RARE.test(kind))) },
    {
      weight: 6,
      arbitrary: fc.constantFrom<ActKind>("ring", "end", "settle", "finished", "tagCall", "comment"),
    },
  ),
  pick: fc.nat(1_000),
});

/** What an event announces, and what changes nothing else silently. */
const ANNOUNCED: readonly ActKind[] = [
  ...(["ring", "answer", "end", "comment", "tagCall", "untagCall", "assign", "archive"] as const),
  ...(["finished", "addContact", "editContact", "deleteContact", "addUser", "addNumber"] as const),
];

export const announcedAct: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(...ANNOUNCED),
  pick: fc.nat(1_000),
});
