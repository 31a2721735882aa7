/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** IDs of nodes, one a sample, and the time before each sample in microseconds. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface ProfileShare {
  readonly name: string;
  /** Of all the time in which the process was not idle. */
  readonly share: number;
}

const NOT_WORKING = new Set(["(idle)", "(root)"]);

const LONGEST_LIST = 12;

/** Own time by module and by function, the largest share first. */
export function summary({ nodes, samples, timeDeltas }: CpuProfile): {
  modules: ProfileShare[];
  functions: ProfileShare[];
} {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byModule = new Map<string, number>();
  const byFunction = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (!frame || NOT_WORKING.has(frame.functionName)) continue;
    const name = frame.functionName || "(unnamed)";
    const module = moduleOf(frame.url, name);
    const time = timeDeltas[index] ?? 0;
    add(byModule, module, time);
    add(byFunction, name.startsWith("(") && frame.url === "" ? name : `${name} in ${module}`, time);
  }
  return { modules: largest(byModule), functions: largest(byFunction) };
}

/** A file of the project, a dependency, or a part of Node by the name that people know. */
function moduleOf(url: string, functionName: string): string {
  const dependency = /\/node_modules\/([^/]+)\//.exec(url)?.[1];
  const own = /\/(src\/.+)$/.exec(url)?.[1];
  if (dependency ?? own) return (dependency ?? own) as string;
  if (/internal\/deps\/undici/.test(url)) return "Node: fetch";
  if (url.startsWith("node:")) return "Node: streams, promises and the like";
  if (functionName === "(garbage collector)") return "Node: garbage collection";
  return "Node: native code";
}

function add(times: Map<string, number>, name: string, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time);
}

function largest(times: ReadonlyMap<string, number>): ProfileShare[] {
  const total = [...times.values()].reduce((all, time) => all + time, 0);
  return [...times]
    .map(([name, time]) => ({ name, share: time / total }))
    .sort((left, right) => right.share - left.share)
    .slice(0, LONGEST_LIST);
}
