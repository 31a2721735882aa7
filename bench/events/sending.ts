import { request } from "node:http";

export const PATH = "/aircall/0123456789abcdef";
export const TOKEN = "0123456789abcdef0123456789abcdef";

/** The status of the answer to an event with a token. Rejects if there is no answer. */
export function answerTo(port: number, path: string, token: string): Promise<number | undefined> {
  const body = JSON.stringify({ event: "call.ended", timestamp: 1_790_000_000, token, data: { id: 1 } });
  return new Promise((resolve, reject) => {
    const sending = request({ host: "127.0.0.1", port, path, method: "POST", agent: false }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    });
    sending.once("error", reject).end(body);
  });
}
