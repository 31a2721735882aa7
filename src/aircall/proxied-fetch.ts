import { Pool, ProxyAgent, fetch as undiciFetch } from "undici";

/** How long a proxy may take to answer CONNECT. Without a limit, one that never answers would outlive the request and the program. */
const TUNNEL_TIMEOUT_MS = 30_000;

/** For https addresses, the proxy is asked for a tunnel (CONNECT), and TLS is spoken through it with the server. */
export function proxiedFetch(proxyUrl: string): typeof fetch {
  const { href, username, password } = new URL(proxyUrl);
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const token = username === "" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;
  const dispatcher = new ProxyAgent({
    uri: href,
    clientFactory: connectionsToProxy,
    ...(token !== undefined && { token }),
  });
  // Node's own `fetch` is an older or newer version of the same code.
  const proxied: unknown = (input: string | URL, init?: object) =>
    undiciFetch(input, { ...init, dispatcher });
  return proxied as typeof fetch;
}

/**
 * Where a proxy closes the connection instead of answering CONNECT, undici would take the tunnel for one that may come
 * with the next connection, and would connect again at once and without end. Another error ends the request.
 */
function connectionsToProxy(proxy: URL, options: object): Pool {
  const pool = new Pool(proxy, { ...options, headersTimeout: TUNNEL_TIMEOUT_MS });
  const connect = pool.connect.bind(pool);
  const connectOnce = (request: Parameters<typeof connect>[0]) =>
    connect(request).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "UND_ERR_SOCKET") throw cause;
      throw Object.assign(new Error("the proxy closed the connection"), { code: "ECONNRESET" });
    });
  return Object.assign(pool, { connect: connectOnce });
}
