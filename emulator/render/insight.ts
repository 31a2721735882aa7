import type { Account } from "../account/account.ts";
import { placeOfId } from "../account/call-ids.ts";
import type { CallLife } from "../account/call-life.ts";
import type { InsightName } from "../account/insight-kinds.ts";
import { type InsightLife, versionAt } from "../account/insight-life.ts";
import { isoDate } from "../account/time.ts";
import { hashText, Random } from "../random.ts";
import { callUuid } from "./call.ts";
import { ACTION_ITEMS, SUMMARIES, TOPICS } from "./phrases.ts";
import { callerNumber, renderUtterances } from "./transcript.ts";

export type InsightBody = Readonly<Record<string, unknown>>;

/** What a body is made from. */
interface Subject {
  readonly call: CallLife;
  /** Draws the same for all versions of an insight. */
  readonly random: Random;
  readonly id: number;
  /** 0 for the insight as it was made, and one more with each change. Versions that follow each other differ. */
  readonly version: number;
  readonly createdAt: string;
  /** The instant of the last change, or null. */
  readonly updatedAt: string | null;
  readonly language: string;
  /** The user who edits and reviews. */
  readonly editorId: number | null;
}

export interface InsightFlags {
  withPlaybook: boolean;
}

/** An insight without its envelope as the API returns it at an instant, or null if it is not ready by then. */
export function renderInsight(
  life: InsightLife,
  call: CallLife,
  account: Account,
  atSeconds: number,
  flags: InsightFlags = { withPlaybook: false },
): InsightBody | null {
  const version = versionAt(life, atSeconds);
  if (version < 0) return null;
  const [first] = life.versions;
  const current = life.versions[version] ?? first;
  const { day, index } = placeOfId(call.id);
  const random = new Random(hashText(life.name), day, index);
  const subject = {
    call,
    random,
    id: random.integer(10_000_000, 99_999_999),
    version,
    createdAt: isoDate(first.atSeconds),
    updatedAt: version > 0 ? isoDate(current.atSeconds) : null,
    language: languageOf(call, account),
    editorId: account.users.listed[0]?.id ?? null,
  };
  const body = { call_id: call.id, ...BODIES[life.name](subject, flags), ...current.content };
  return account.insights.options.idsAsText ? withTextIds(body) : body;
}

/** An insight that has no content. */
export function renderEmptyInsight(name: InsightName, call: CallLife, account: Account): InsightBody {
  const body = { call_id: call.id, ...EMPTY_BODIES[name] };
  return account.insights.options.idsAsText ? withTextIds(body) : body;
}

const BODIES: Readonly<Record<InsightName, (subject: Subject, flags: InsightFlags) => object>> = {
  transcriptions: renderTranscription,
  sentiments: ({ call, random, version }) => ({
    id: call.id,
    participants: [
      {
        type: "external",
        phone_number: callerNumber(call),
        value: rotated(["POSITIVE", "NEUTRAL", "NEGATIVE"], random, version)[0],
      },
    ],
  }),
  topics: ({ id, random, version, createdAt }) => ({
    id,
    created_at: createdAt,
    content: rotated(TOPICS, random, version).slice(0, random.integer(1, 3)),
  }),
  summaries: ({ id, random, version, createdAt }) => ({
    id,
    created_at: createdAt,
    content: rotated(SUMMARIES, random, version)[0],
  }),
  action_items: renderActionItems,
  custom_summaries: renderCustomSummary,
  playbook_results: renderPlaybookResult,
  evaluations: renderEvaluation,
  predicted_csats: ({ call, random, version }) => {
    const score = (random.integer(0, 100) + 25 * version) % 101;
    const driver = { polarity: "NEGATIVE", label: "Long time on hold" };
    const positive = { polarity: "POSITIVE", label: "Issue solved on the first call" };
    return { call_uuid: callUuid(call), score, drivers: [score >= 50 ? positive : driver] };
  },
};

const EMPTY_BODIES: Readonly<Record<InsightName, object>> = {
  transcriptions: { content: { language: null, utterances: [] } },
  sentiments: { participants: [] },
  topics: { content: [] },
  summaries: { content: "" },
  action_items: { action_items: [] },
  custom_summaries: { summary_template_results: [] },
  playbook_results: { playbook_result_topics: [] },
  evaluations: { evaluations: [] },
  predicted_csats: { score: null, drivers: [] },
};

/** A change corrects a word of the first utterance. */
function renderTranscription({ call, random, id, version, createdAt, language }: Subject): object {
  const [first, ...others] = renderUtterances(call, random);
  const corrected = first && version > 0 ? { ...first, text: `${first.text} (${version})` } : first;
  return {
    id,
    call_created_at: isoDate(call.startedAt),
    type: call.asset === "voicemail" ? "voicemail" : "call",
    created_at: createdAt,
    content: { language, utterances: corrected ? [corrected, ...others] : [] },
  };
}

/** One call in four has none. A change completes the first item, or adds one that a user has written. */
function renderActionItems({ random, id, version, createdAt, updatedAt, editorId }: Subject): object {
  const count = random.chance(0.25) ? 0 : random.integer(1, 3);
  const contents = rotated(ACTION_ITEMS, random, 0);
  const made = contents.slice(0, count).map((content, position) => ({
    id: id + position,
    ai_generated: true,
    content: position === 0 && version > 0 ? `${content}, revision ${version}` : content,
    created_at: createdAt,
    created_by: null,
    updated_at: position === 0 ? updatedAt : null,
    updated_by: position === 0 && version > 0 ? editorId : null,
  }));
  if (count > 0 || version === 0) return { action_items: made };
  const written = {
    id,
    ai_generated: false,
    content: version === 1 ? contents[0] : `${contents[0]}, revision ${version}`,
    created_at: updatedAt,
    created_by: editorId,
    updated_at: updatedAt,
    updated_by: editorId,
  };
  return { action_items: [written] };
}

function renderCustomSummary({ call, random, id, version, createdAt, language }: Subject): object {
  const [need, budget] = rotated(SUMMARIES, random, version);
  return {
    id,
    number_id: call.numberId,
    language,
    custom_summary: { name: "BANT" },
    summary_template_results: [
      { name: "Budget", content: random.chance(0.5) ? "Not discussed" : budget },
      { name: "Need", content: need },
    ],
    created_at: createdAt,
  };
}

function renderPlaybookResult(subject: Subject, { withPlaybook }: InsightFlags): object {
  const { call, random, id, version, createdAt, updatedAt, language, editorId } = subject;
  const steps = random.integer(0, 3);
  return {
    id,
    user_id: call.userId,
    number_id: call.numberId,
    adherence_score: Math.round(((steps + version) % 4) * 333.3) / 10,
    ai_generated: version === 0,
    ...(withPlaybook ? { playbook: { id: 8, name: "Discovery", language: language.slice(0, 2) } } : {}),
    playbook_result_topics: [
      { name: "Timeline", result: rotated(["Next quarter", "This month", "Not asked"], random, version)[0] },
      { name: "Decision", result: random.chance(0.5) },
    ],
    created_at: createdAt,
    created_by: null,
    updated_at: updatedAt,
    updated_by: version > 0 ? editorId : null,
  };
}

function renderEvaluation({ random, id, version, createdAt, updatedAt }: Subject): object {
  return {
    id,
    ai_generated: version === 0,
    reviewed_at: updatedAt,
    created_at: createdAt,
    updated_at: updatedAt ?? createdAt,
    evaluations: [
      {
        scorecard: { name: "Support v2" },
        score: { normalized_score: ((random.integer(0, 200) + 15 * version) % 201) / 2 },
        categories: [],
        questions: [],
      },
    ],
  };
}

/** The items from a drawn one on, and from the next one with each version. */
function rotated<Item>(items: readonly Item[], random: Random, version: number): Item[] {
  const first = (random.integer(0, items.length - 1) + version) % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

function languageOf({ numberId }: CallLife, { numbers }: Account): string {
  const country = numberId === null ? undefined : numbers.recall(numberId)?.country;
  return country === "US" ? "en-US" : "en-GB";
}

function withTextIds(body: InsightBody): InsightBody {
  const entries = Object.entries(body).map(([field, value]) => {
    if (field === "id" || field === "call_id") return [field, String(value)];
    const isList = field === "action_items" && Array.isArray(value);
    return [field, isList ? value.map(withTextIds) : value];
  });
  return Object.fromEntries(entries);
}
