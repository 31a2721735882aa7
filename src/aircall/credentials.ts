export interface Credentials {
  readonly apiId: string;
  readonly apiToken: string;
}

/** The value of the header that goes with every request. */
export function basicAuth(credentials: Credentials): string {
  return `Basic ${inBase64(credentials)}`;
}

/**
 * What the other side says may repeat what it was sent: the words, with whatever of the key is in
 * them hidden. They must be whole, since a secret that was cut in two is not known for one.
 */
export function withoutCredentials(words: string, credentials: Credentials): string {
  const { apiId, apiToken } = credentials;
  const plain = [inBase64(credentials).replace(/=+$/, ""), apiToken, apiId];
  const secrets = [...plain, ...plain.map((secret) => encodeURIComponent(secret.toWellFormed()))];
  // The longest first: one may be a part of another, and the rest of that would stay.
  secrets.sort((left, right) => right.length - left.length);
  return withoutAll(secrets, words);
}

function withoutAll([secret, ...others]: readonly string[], words: string): string {
  if (secret === undefined) return words;
  const parts = words.split(secret).map((part) => withoutAll(others, part));
  return parts.join("[hidden]");
}

function inBase64({ apiId, apiToken }: Credentials): string {
  return Buffer.from(`${apiId}:${apiToken}`).toString("base64");
}
