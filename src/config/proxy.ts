import { ConfigError } from "../errors.ts";
import type { Environment } from "./environment.ts";

export interface Proxy {
  /** With the user and the password, if there are any. */
  readonly url: string;
  /** Host and port, for people. */
  readonly name: string;
  /** What must not be printed. */
  readonly secrets: readonly string[];
}

/** The first that is set names the proxy, in lower case first, as for curl. The last one stands in for the others. */
const PROXY_VARIABLES = ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY"] as const;

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The proxy that the environment names for the API; `undefined` without one. A proxy carries TLS between here and
 * Aircall and cannot read it. An http address is one of this machine, and is never asked for through a proxy: the
 * proxy would see the key. Throws a `ConfigError` that names a variable that is invalid.
 */
export function readProxy(env: Environment, origin: string): Proxy | undefined {
  const { protocol, hostname, port } = new URL(origin);
  const variable = PROXY_VARIABLES.find((name) => settingOf(env, name) !== "");
  if (variable === undefined || protocol !== "https:") return undefined;
  if (isExempt(hostname, port || "443", settingOf(env, "NO_PROXY"))) return undefined;
  return parseProxy(variable, settingOf(env, variable));
}

function settingOf(env: Environment, name: string): string {
  return (env[name.toLowerCase()] || env[name] || "").trim();
}

function parseProxy(variable: string, value: string): Proxy {
  const address = SCHEME.test(value) ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === "")
    throw new ConfigError(
      `${variable} must be the address of an http or https proxy, such as http://proxy.example.com:3128.`,
    );
  return { url: url.href, name: url.host, secrets: [url.password, passwordIn(variable, url)] };
}

function passwordIn(variable: string, { username, password }: URL): string {
  try {
    decodeURIComponent(username);
    return decodeURIComponent(password);
  } catch {
    throw new ConfigError(
      `${variable} must be an address whose user and password are %-encoded: a % itself is %25.`,
    );
  }
}

/** `*`, or names of hosts, each with the hosts below it; a port restricts a name to that port. */
function isExempt(hostname: string, port: string, exempt: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return exempt
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = entry, onlyPort = port] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      const bare = name.replace(/^\[|\]$/g, "").replace(/^\*?\./, "");
      return bare !== "" && onlyPort === port && (host === bare || host.endsWith(`.${bare}`));
    });
}
