export interface Credentials {
  readonly apiId: string;
  readonly apiToken: string;
}

/** The value of the header that goes with every request. */
export function basicAuth({ apiId, apiToken }: Credentials): string {
  return `Basic ${Buffer.from(`${apiId}:${apiToken}`).toString("base64")}`;
}
