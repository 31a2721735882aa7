import { ProxyAgent, fetch as undiciFetch } from "undici";

/** For https addresses, the proxy is asked for a tunnel (CONNECT), and TLS is spoken through it with the server. */
export function proxiedFetch(proxyUrl: string): typeof fetch {
  const { href, username, password } = new URL(proxyUrl);
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const token = username === "" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
  const dispatcher = new ProxyAgent({ uri: href, ...(token !== undefined && { token }) });
  // Node's own `fetch` is an older or newer version of the same code.
  const proxied: unknown = (input: string | URL, init?: object) =>
    undiciFetch(input, { ...init, dispatcher });
  return proxied as typeof fetch;
}
