/** How a fault changes one answer. */
export type FaultKind =
  /** An answer with this status replaces the real one. */
  | { kind: "status"; status: number; headers?: Record<string, string>; body?: unknown }
  /** The connection is reset before the first byte of the answer. */
  | { kind: "reset" }
  /** The connection breaks after the head and half of the body. */
  | { kind: "cut" }
  /** The answer is delayed, in real time. */
  | { kind: "slow"; delayMs: number }
  /** The answer of a list contains only `meta`. */
  | { kind: "missingKey" }
  /** A web page with status 200 replaces the answer. */
  | { kind: "html" }
  /** The request gets no answer until the emulator closes. */
  | { kind: "hang" }
  /** `edit` runs before an intact answer, for instance to change the account between two pages. */
  | { kind: "edit"; edit: () => void };

export type Fault = FaultKind & {
  /** A prefix of the path and query, or a pattern that occurs in them. Default: every request. */
  match?: string | RegExp;
  /** Such as `POST`. Default: every method. */
  method?: string;
  /** The first matching request that the fault strikes, counted from 1. Default: 1. */
  nth?: number;
  /** From that request on, the fault strikes one matching request in this many. Default: 1. */
  every?: number;
  /** How many requests the fault strikes in total. Default: 1, or no limit if `every` is set. */
  times?: number;
};

export interface PlannedFault {
  readonly fault: Fault;
  /** The number of requests that have matched. */
  seen: number;
  /** The number of requests that the fault has struck. */
  struck: number;
  remove(): void;
}

/** The planned faults. Each counts its own matching requests. */
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

  /** Returns the faults that strike this request, in the order in which they were added. */
  strike(method: string, target: string): FaultKind[] {
    return [...this.#planned].filter((planned) => strikes(planned, method, target)).map(({ fault }) => fault);
  }
}

function strikes(planned: PlannedFault, requested: string, target: string): boolean {
  const {
    match = "",
    method = requested,
    nth = 1,
    every,
    times = every === undefined ? 1 : Number.POSITIVE_INFINITY,
  } = planned.fault;
  const matches = typeof match === "string" ? target.startsWith(match) : match.test(target);
  if (!matches || method !== requested || planned.struck >= times) return false;
  planned.seen++;
  if (planned.seen < nth || (planned.seen - nth) % (every ?? 1) !== 0) return false;
  planned.struck++;
  return true;
}
