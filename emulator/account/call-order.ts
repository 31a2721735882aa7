/** Calls in the order lists give them: by start, then by id. Parallel arrays, one number a call in each. */
export class CallOrder {
  readonly starts: Uint32Array;
  readonly ids: Float64Array;
  length = 0;

  constructor(capacity: number) {
    this.starts = new Uint32Array(capacity);
    this.ids = new Float64Array(capacity);
  }

  push(startedAt: number, id: number): void {
    this.starts[this.length] = startedAt;
    this.ids[this.length] = id;
    this.length++;
  }

  /** How many calls started before an instant: the position of the first that did not. */
  countBefore(atSeconds: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] ?? 0) < atSeconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface PlacedCall {
  startedAt: number;
  id: number;
}

/** An order with some more calls in it, given in any order. */
export function merge(order: CallOrder, others: PlacedCall[]): CallOrder {
  if (others.length === 0) return order;
  others.sort((left, right) => left.startedAt - right.startedAt || left.id - right.id);
  const merged = new CallOrder(order.length + others.length);
  let position = 0;
  for (const other of others) {
    while (position < order.length && isBefore(order, position, other))
      position = copy(order, position, merged);
    merged.push(other.startedAt, other.id);
  }
  while (position < order.length) position = copy(order, position, merged);
  return merged;
}

function isBefore(order: CallOrder, position: number, other: PlacedCall): boolean {
  const startedAt = order.starts[position] ?? 0;
  if (startedAt !== other.startedAt) return startedAt < other.startedAt;
  return (order.ids[position] ?? 0) < other.id;
}

function copy(order: CallOrder, position: number, into: CallOrder): number {
  into.push(order.starts[position] ?? 0, order.ids[position] ?? 0);
  return position + 1;
}
