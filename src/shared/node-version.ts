/** The oldest major version of Node that has what the program uses; `engines` in package.json names the same. */
const OLDEST_NODE = 20;

/** What a person has to do before this version of Node can run the program; `undefined` for a version that can. */
export function nodeProblem(version: string): string | undefined {
  const major = Number.parseInt(version, 10);
  if (major >= OLDEST_NODE) return undefined;
  return `source-aircall needs Node ${OLDEST_NODE} or newer, and this is Node ${version}. Install a newer Node from https://nodejs.org, then run again.`;
}
