import { API_ID, API_TOKEN } from "../../emulator/index.ts";

/**
 * Reads all calls of an account with no more than it takes, and drops them: as fast as this, and no
 * faster, can anything read from the emulator. Prints how many calls and how many seconds it took.
 */

const PAGES_AT_ONCE = 6;
const PAGE_ROWS = 50;
const DEEPEST_PAGE = 200;

const authorization = `Basic ${btoa(`${API_ID}:${API_TOKEN}`)}`;
const origin = process.env.AIRCALL_API_URL;

interface Page {
  readonly meta: { readonly total: number };
  readonly calls: readonly { readonly started_at: number }[];
}

const beganMs = performance.now();
let documents = 0;
for (let after: number | undefined = 0; after !== undefined; ) after = await readFrom(after);
process.stdout.write(JSON.stringify({ documents, seconds: (performance.now() - beganMs) / 1000 }));

/** Reads as deep as a query goes, and returns the second after which the next one has to begin. */
async function readFrom(after: number): Promise<number | undefined> {
  const first = await page(after, 1);
  const pages = Math.ceil(first.meta.total / PAGE_ROWS);
  const deepest = Math.min(pages, DEEPEST_PAGE);
  let next = 2;
  let last = first;
  const readOn = async () => {
    while (next <= deepest) {
      const number = next++;
      if (number === deepest) last = await page(after, number);
      else await answer(after, number);
    }
  };
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, readOn));
  documents += Math.min(first.meta.total, deepest * PAGE_ROWS);
  return pages > deepest ? last.calls.at(-1)?.started_at : undefined;
}

async function page(after: number, number: number): Promise<Page> {
  return JSON.parse(new TextDecoder().decode(await answer(after, number)));
}

async function answer(after: number, number: number): Promise<ArrayBuffer> {
  const query = `from=${after}&order=asc&per_page=${PAGE_ROWS}&page=${number}`;
  const response = await fetch(`${origin}/v1/calls?${query}`, { headers: { authorization } });
  return response.arrayBuffer();
}
