import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../../errors.ts";
import { isParameter, type Parameter } from "./address.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** What a service sets: the parameters of an address, and a password. */
export type Service = Readonly<Partial<Record<Parameter | "password", string>>>;

/**
 * What the user's service file, or else the system's, sets for a service. Throws a `StoreError` if the service is in
 * neither, or if it sets what is not supported.
 * Source: https://www.postgresql.org/docs/current/libpq-pgservice.html
 */
export async function readService(name: string, env: Env): Promise<Service> {
  const files = [
    env.PGSERVICEFILE ?? (env.HOME && join(env.HOME, ".pg_service.conf")),
    env.PGSYSCONFDIR && join(env.PGSYSCONFDIR, "pg_service.conf"),
  ]
    .filter((path) => path !== undefined)
    .filter((path) => path !== "");
  for (const path of files) {
    const service = parseServices(await textOf(path)).get(name);
    if (service) return checked(service, name, path);
  }
  throw new StoreError(
    `The service ${name} is not in a service file (${files.join(", ")}). Add it, or set PGSERVICEFILE to the file that has it.`,
  );
}

function parseServices(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const services = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name] = /^\[(.*)\]$/.exec(line) ?? [];
    if (name !== undefined) {
      current = new Map();
      // As in libpq, the first section of a name counts.
      if (!services.has(name)) services.set(name, current);
      continue;
    }
    const [key = "", value = ""] = line.split(/\s*=\s*(.*)/s);
    current.set(key, value);
  }
  return services;
}

function checked(settings: ReadonlyMap<string, string>, name: string, path: string): Service {
  for (const key of settings.keys())
    if ((!isParameter(key) && key !== "password") || key === "service")
      throw new StoreError(`The service ${name} in ${path} sets ${key}, which is not supported. Remove it.`);
  return Object.fromEntries(settings);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}
