import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two texts are the same, in a time that shows neither where they differ nor how long the secret one is. */
export function isSameText(given: string, secret: string): boolean {
  return timingSafeEqual(sha256(given), sha256(secret));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
