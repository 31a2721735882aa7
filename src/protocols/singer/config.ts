import {
  configFromVariables,
  type Environment,
  nestedConfig,
  settingsOnlyInVariables,
  unknownVariables,
  variableOf,
} from "../../config/index.ts";
import { mergePatch } from "../../engine/index.ts";
import { ConfigError } from "../../errors.ts";
import type { JsonObject } from "../../shared/json.ts";
import { readJsonObjectFile } from "../../shared/json-file.ts";
import type { Log } from "../../shared/ports.ts";

/** Stands for the environment among the config files, as in taps that are built with Meltano's SDK. */
const ENVIRONMENT = "ENV";

const PREFIX = "TAP_AIRCALL";

/**
 * The endpoint config from all sources: later files override earlier ones, and the environment, if it is among them,
 * overrides all files. Throws a `ConfigError` when a file cannot be read, or does not hold a JSON object.
 *
 * Meltano passes on only the settings that `meltano.yml` declares, and the variables of all others reach the tap unused.
 * So a variable without its setting is reported with a warning, or with a `ConfigError` if it protects personal data.
 */
export async function readConfig(
  sources: readonly string[],
  env: Environment,
  log: Log,
): Promise<JsonObject> {
  const files = sources.filter((source) => source !== ENVIRONMENT);
  let config: JsonObject = {};
  for (const variable of unknownVariables(env, PREFIX))
    report(
      variable,
      `${variable} is set, and the tap has no such setting: tap-aircall --about names all.`,
      log,
    );
  for (const path of files) config = mergePatch(config, nestedFile(await readJsonObjectFile(path, "config")));
  if (files.length < sources.length) return mergePatch(config, configFromVariables(env, PREFIX));
  reportUnused(env, config, log);
  return config;
}

/** An object stays an object. */
function nestedFile(content: JsonObject): JsonObject {
  return nestedConfig(content) as JsonObject;
}

function reportUnused(env: Environment, config: JsonObject, log: Log): void {
  for (const { path } of settingsOnlyInVariables(env, PREFIX, config)) {
    const variable = variableOf(PREFIX, path);
    const advice = `declare this setting in meltano.yml, set it in the config, or add --config ${ENVIRONMENT}.`;
    report(variable, `${variable} is set, and the config has no ${path.join(".")}: ${advice}`, log);
  }
}

function report(variable: string, sentence: string, log: Log): void {
  if (variable.includes("PERSONAL_DATA")) throw new ConfigError(sentence);
  log.warn(sentence);
}
