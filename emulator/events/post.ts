const HEADERS = {
  "content-type": "application/json",
  "user-agent": "axios/1.7.2",
  "aircall-origin": "webhooks",
};

/** Sends one event, and returns the status of the answer, or null if there is none in time. */
export async function post(
  send: typeof fetch,
  url: string,
  body: string,
  { timeoutMs, closing }: { timeoutMs: number; closing: AbortSignal },
): Promise<number | null> {
  const aborting = new AbortController();
  const abort = () => aborting.abort();
  const timer = setTimeout(abort, timeoutMs);
  closing.addEventListener("abort", abort);
  if (closing.aborted) abort();
  try {
    // A redirect counts as a failure.
    const request = {
      method: "POST",
      headers: HEADERS,
      body,
      redirect: "manual",
      signal: aborting.signal,
    } as const;
    return await Promise.race([statusOf(send(url, request)), aborted(aborting.signal)]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    closing.removeEventListener("abort", abort);
  }
}

/** Reads the answer to its end, so that its connection can be used again. */
async function statusOf(answering: Promise<Response>): Promise<number> {
  const answer = await answering;
  await answer.arrayBuffer();
  return answer.status;
}

export function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** Rejects when the signal is aborted, since what sends may ignore it. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const THIS_MACHINE = /^https?:\/\/(127(\.\d+){3}|\[::1\]|([\w-]+\.)*localhost)(:\d+)?(\/|$)/;

/** Whether a URL leads to this machine. */
export function isOnThisMachine(url: string): boolean {
  return THIS_MACHINE.test(url);
}
