import { mix } from "../random.ts";

let signaturesMade = 0;

/** A link to a recording or voicemail. It differs with every read, because the real API signs it anew each time. */
export function signedUrl(kind: string, callId: number, nowSeconds: number, expiresSeconds: number): string {
  const date = new Date(nowSeconds * 1000).toISOString().replace(/[-:]|\.\d+/g, "");
  const parameters = [
    "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    `X-Amz-Date=${date}`,
    `X-Amz-Expires=${expiresSeconds}`,
    `X-Amz-Signature=${newSignature()}`,
  ];
  return `https://media.example.test/companies/1/${kind}s/${callId}.mp3?${parameters.join("&")}`;
}

/** A short link, which also differs with every read. */
export function shortUrl(): string {
  return `https://short-urls.example.test/v1/${newSignature()}`;
}

function newSignature(): string {
  signaturesMade++;
  const word = (position: number) => mix(signaturesMade, position).toString(16).padStart(8, "0");
  return [0, 1, 2, 3].map(word).join("");
}
