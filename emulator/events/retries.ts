import type { EventOptions } from "./options.ts";

/** Failed events are sent again for so long after they happened. Source: Aircall's guide on webhooks. */
export const RETRIED_FOR_MS = 12 * 3_600_000;

const FIRST_WAIT_MS = 10_000;

/** Fifty waits that grow by this factor take almost twelve hours. The real spacing is not documented. */
const GROWTH = 1.135;

/** The wait after so many attempts. */
export function waitAfterMs(attempts: number, { retrySpacing }: EventOptions): number {
  return retrySpacing === "minute" ? 60_000 : Math.round(FIRST_WAIT_MS * GROWTH ** (attempts - 1));
}
