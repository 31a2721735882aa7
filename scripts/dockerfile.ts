import {
  type Copy,
  type Dockerfile,
  DockerfileParser,
  type Healthcheck,
  type Instruction,
  type JSONInstruction,
  type PropertyInstruction,
} from "dockerfile-ast";

/** What the last stage of a Dockerfile sets. What the base image sets is not in the file. */
export interface ImageConfig {
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Empty where the ENTRYPOINT is missing or is not a JSON list. */
  readonly entrypoint: readonly string[];
  /** `undefined` where there is no CMD, and empty where it is not a JSON list. */
  readonly command: readonly string[] | undefined;
  /** The arguments of HEALTHCHECK, such as `CMD ["true"]`, without its flags; empty where the Dockerfile has no HEALTHCHECK. */
  readonly healthcheck: string;
  readonly volumes: readonly string[];
  /** The ports of EXPOSE. */
  readonly ports: readonly string[];
}

export interface ReadDockerfile extends ImageConfig {
  readonly stages: number;
  /** The flags and arguments of COPY and ADD in the last stage. */
  readonly copies: readonly string[];
}

export function readDockerfile(text: string): ReadDockerfile {
  const dockerfile = DockerfileParser.parse(text);
  const last = lastStage(dockerfile);
  const all = (...keywords: string[]) => last.filter((one) => keywords.includes(one.getKeyword()));
  const properties = (keyword: string) =>
    Object.fromEntries(
      (all(keyword) as PropertyInstruction[])
        .flatMap((instruction) => instruction.getProperties())
        .map((property) => [property.getName(), property.getValue() ?? ""]),
    );
  const copies = all("COPY", "ADD") as Copy[];
  const jsonList = (keyword: string) =>
    (all(keyword).at(-1) as JSONInstruction | undefined)?.getJSONStrings().map((part) => part.getJSONValue());
  const argumentsOf = (instruction: Instruction) =>
    instruction.getArguments().map((argument) => argument.getValue());
  return {
    stages: dockerfile.getFROMs().length,
    copies: copies.map((copy) => [...copy.getFlags(), ...copy.getArguments()].join(" ")),
    labels: properties("LABEL"),
    user: all("USER").at(-1)?.getArgumentsContent() ?? "",
    environment: properties("ENV"),
    entrypoint: jsonList("ENTRYPOINT") ?? [],
    command: jsonList("CMD"),
    healthcheck: (all("HEALTHCHECK") as Healthcheck[]).flatMap(argumentsOf).join(" "),
    volumes: all("VOLUME").flatMap(argumentsOf),
    ports: all("EXPOSE").flatMap(argumentsOf),
  };
}

function lastStage(dockerfile: Dockerfile) {
  const from = dockerfile.getFROMs().at(-1)?.getRange().start;
  return (from && dockerfile.getContainingImage(from)?.getInstructions()) ?? [];
}
