import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { askFile, temporaryFolder } from "../support/files.ts";
import { emulated, runProgram } from "../support/program.ts";
import { stillAccount } from "../support/still-account.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const [, SECTION = ""] = /^## What was said\n([\s\S]*?)^## /m.exec(README) ?? [];
const QUERIES = [...SECTION.matchAll(/^```sql\n([\s\S]*?)^```/gm)].map(([, query = ""]) => query);

interface Transcription {
  readonly call_id: number;
  readonly content: { readonly utterances: readonly Utterance[] };
}

interface Utterance {
  readonly start_time: number;
  readonly end_time: number;
  readonly participant_type: string;
  readonly text: string;
}

test("the queries of the README over what was said answer what they promise", async () => {
  using folder = temporaryFolder();
  await using aircall = await stillAccount({ account: { calls: 60, days: 20 } });
  const path = folder.file("account.duckdb");
  const line = ["capture", "--to", path, "--streams", "calls,transcriptions"];
  expect((await runProgram(line, emulated(aircall.url))).exitCode).toBe(0);
  const [talkedMore = [], mentions = []] = await Promise.all(QUERIES.map((query) => askFile(path, query)));
  const transcriptions = [...aircall.truth("transcriptions")] as Transcription[];

  expect(talkedMore).toHaveLength(5);
  for (const { call_id, agent_seconds, caller_seconds } of talkedMore) {
    const { content } = transcriptions.find((one) => String(one.call_id) === call_id) as Transcription;
    const talked = (type: string) =>
      content.utterances
        .filter(({ participant_type }) => participant_type === type)
        .reduce((sum, { start_time, end_time }) => sum + end_time - start_time, 0);
    expect(Math.abs(Number(agent_seconds) - talked("internal"))).toBeLessThan(1);
    expect(Math.abs(Number(caller_seconds) - talked("external"))).toBeLessThan(1);
  }

  const said = transcriptions.flatMap(({ content }) => content.utterances.map(({ text }) => text));
  expect(mentions).toHaveLength(5);
  for (const { sentence } of mentions) {
    expect(sentence).toMatch(/refund/i);
    expect(said).toContain(sentence);
  }
});
