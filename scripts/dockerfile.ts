/** What Flow, and this project, ask of a Dockerfile, read from its text alone. */

const BUNDLE = "source-aircall.cjs";

export interface ContainerConfig {
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Flow starts this and nothing else. */
  readonly entrypoint: readonly string[];
  readonly hasCommand: boolean;
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** What is wrong with a Dockerfile, a sentence each. */
export function dockerfileFaults(text: string): string[] {
  const stages = stagesOf(text);
  const last = stages.at(-1) ?? [];
  return [
    ...(stages.length < 2 ? ["there is one stage only"] : []),
    ...containerFaults(configOf(last)),
    ...entrypointFormFaults(last),
    ...copyFaults(last),
  ];
}

/** What is wrong with what a container would be started with, a sentence each. */
export function containerFaults(config: ContainerConfig): string[] {
  const { labels, user, environment, entrypoint, hasCommand } = config;
  const faults: string[] = [];
  const fault = (isFault: boolean, sentence: string) => {
    if (isFault) faults.push(sentence);
  };
  for (const [name, value] of [
    ["FLOW_RUNTIME_PROTOCOL", "capture"],
    ["FLOW_RUNTIME_CODEC", "json"],
  ] as const) {
    fault(labels[name] !== value, `the label ${name} is ${labels[name] ?? "missing"}, not ${value}`);
  }
  fault("dev.estuary.usage-rate" in labels, "the label dev.estuary.usage-rate is not for this image to set");
  fault(/^(root|0)?(:|$)/.test(user), `the user is ${user || "missing"}, and must not be root`);
  fault(entrypoint[0] !== "node", "the ENTRYPOINT does not start with node");
  fault(
    !entrypoint.some((part) => part.startsWith("--max-old-space-size=")),
    "the ENTRYPOINT does not bound the heap",
  );
  fault(!("MALLOC_ARENA_MAX" in environment), "nothing bounds the memory that lies outside the heap");
  const [bundle, protocol] = entrypoint.slice(-2);
  fault(
    bundle !== `/app/${BUNDLE}` || protocol !== "flow",
    `the ENTRYPOINT does not end with /app/${BUNDLE} flow`,
  );
  fault(hasCommand, "there is a CMD, which Flow would not run");
  return faults;
}

/** What the last stage of a Dockerfile sets. What it inherits from its base image is not seen. */
export function containerConfig(text: string): ContainerConfig {
  return configOf(stagesOf(text).at(-1) ?? []);
}

function configOf(stage: readonly Instruction[]): ContainerConfig {
  return {
    labels: Object.assign({}, ...all(stage, "LABEL").map(pairs)),
    user: all(stage, "USER").at(-1) ?? "",
    environment: Object.assign({}, ...all(stage, "ENV").map(pairs)),
    entrypoint: execForm(all(stage, "ENTRYPOINT").at(-1) ?? "") ?? [],
    hasCommand: all(stage, "CMD").length > 0,
  };
}

function entrypointFormFaults(stage: readonly Instruction[]): string[] {
  const isExecForm = all(stage, "ENTRYPOINT").every((rest) => execForm(rest) !== undefined);
  return isExecForm ? [] : ["the ENTRYPOINT is not a JSON list"];
}

function copyFaults(stage: readonly Instruction[]): string[] {
  const copies = [...all(stage, "COPY"), ...all(stage, "ADD")];
  const isTheBundleAlone =
    copies.length === 1 && new RegExp(`^--from=\\S+ \\S+/${BUNDLE} \\S+$`).test(copies[0] ?? "");
  return isTheBundleAlone ? [] : [`the last stage must copy ${BUNDLE} of an earlier stage and nothing else`];
}

/** The instructions from each FROM to the next. */
function stagesOf(text: string): Instruction[][] {
  const stages: Instruction[][] = [];
  for (const instruction of instructions(text)) {
    if (instruction.name === "FROM") stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages;
}

function instructions(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines.join("\n").replaceAll(/\\\n\s*/g, "");
  return joined.split("\n").map((line) => {
    const [name = "", ...rest] = line.trim().split(/\s+/);
    return { name: name.toUpperCase(), rest: rest.join(" ") };
  });
}

function all(stage: readonly Instruction[], name: string): string[] {
  return stage.filter((instruction) => instruction.name === name).map(({ rest }) => rest);
}

/** `a=b "c"="d"` as an object. */
function pairs(rest: string): Record<string, string> {
  const matches = rest.matchAll(/"?([^\s"=]+)"?=("([^"]*)"|\S*)/g);
  return Object.fromEntries([...matches].map(([, name, bare, quoted]) => [name, quoted ?? bare ?? ""]));
}

function execForm(rest: string): string[] | undefined {
  try {
    const parts: unknown = JSON.parse(rest);
    const isList = Array.isArray(parts) && parts.every((part) => typeof part === "string");
    return isList ? parts : undefined;
  } catch {
    return undefined;
  }
}
