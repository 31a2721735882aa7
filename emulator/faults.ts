/** What goes wrong with one answer. */
export type FaultKind =
  /** Another status instead of the answer. */
  | { kind: "status"; status: number; headers?: Record<string, string>; body?: unknown }
  /** The connection is reset before any byte of an answer. */
  | { kind: "reset" }
  /** The head and half of the body arrive, then the connection breaks. */
  | { kind: "cut" }
  /** The answer comes late, in real time. */
  | { kind: "slow"; delayMs: number }
  /** A list answers with `meta` alone. */
  | { kind: "missingKey" }
  /** 200 with a web page. */
  | { kind: "html" }
  /** No answer until the emulator closes. */
  | { kind: "hang" }
  /** Something happens just before a good answer, such as a change of the account between two pages. */
  | { kind: "edit"; edit: () => void };

export type Fault = FaultKind & {
  /** A prefix of the path and query, or a pattern found in it. Default: every request. */
  match?: string | RegExp;
  /** The first matching request to strike, counted from 1. Default 1. */
  nth?: number;
  /** From there on, strike one matching request in this many. Default 1. */
  every?: number;
  /** How often to strike before the fault is spent. Default 1, or without end when `every` is given. */
  times?: number;
};

export interface PlannedFault {
  readonly fault: Fault;
  /** Requests that matched so far. */
  seen: number;
  /** Requests that were struck so far. */
  struck: number;
  remove(): void;
}

/** The faults to come. Each counts its own matching requests. */
export class FaultPlan {
  readonly #planned = new Set<PlannedFault>();

  add(fault: Fault): PlannedFault {
    const planned: PlannedFault = { fault, seen: 0, struck: 0, remove: () => this.#planned.delete(planned) };
    this.#planned.add(planned);
    return planned;
  }

  clear(): void {
    this.#planned.clear();
  }

  /** The faults that strike this request, in the order they were added. */
  strike(target: string): FaultKind[] {
    return [...this.#planned].filter((planned) => strikes(planned, target)).map(({ fault }) => fault);
  }
}

function strikes(planned: PlannedFault, target: string): boolean {
  const {
    match = "",
    nth = 1,
    every,
    times = every === undefined ? 1 : Number.POSITIVE_INFINITY,
  } = planned.fault;
  const matches = typeof match === "string" ? target.startsWith(match) : match.test(target);
  if (!matches || planned.struck >= times) return false;
  planned.seen++;
  if (planned.seen < nth || (planned.seen - nth) % (every ?? 1) !== 0) return false;
  planned.struck++;
  return true;
}
