import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { type ContainerConfig, containerFaults, dockerfileFaults } from "./dockerfile.ts";

/**
 * Checks the image without a Docker daemon and without a registry of images: the Dockerfile as text,
 * and then, where buildah is at hand, the image that it makes. The base image is made here, of this
 * machine's own Node, npm and shell, and stands in for the one that the Dockerfile names.
 *
 *     node scripts/check-image.ts [--install] [--dockerfile <file>]
 *
 * `--install` lets it install Debian's buildah. The exit code is 1 when something is wrong.
 */

const { values: options } = parseArgs({
  options: { install: { type: "boolean" }, dockerfile: { type: "string", default: "Dockerfile" } },
});
const BUILDAH = "buildah";
const BASE = "localhost/node:made-here";
const IMAGE = "localhost/source-aircall:check";
const REQUESTS = `${JSON.stringify({ spec: { config: {} } })}\n${JSON.stringify({ discover: { config: {} } })}\n`;

const faults = dockerfileFaults(readFileSync(options.dockerfile, "utf8"));
tell(faults.length === 0 ? `${options.dockerfile} reads as Flow asks.` : `${options.dockerfile} is wrong.`);
const obstacle = whyNotBuilt();
if (obstacle) tell(`The image was not built and not run: ${obstacle}.`);
else faults.push(...builtImageFaults());
for (const fault of new Set(faults)) tell(`FAULT: ${fault}.`);
tell(
  faults.length > 0
    ? "The image is wrong."
    : `The image is right${obstacle ? ", as far as text tells" : ""}.`,
);
process.exitCode = faults.length > 0 ? 1 : 0;

function whyNotBuilt(): string | undefined {
  if (process.platform !== "linux") return "it takes Linux";
  if (process.getuid?.() !== 0) return "it takes root";
  if (options.install && !hasBuildah()) {
    run("apt-get", ["update"]);
    run("apt-get", ["install", "--yes", "--no-install-recommends", BUILDAH]);
  }
  return hasBuildah() ? undefined : "there is no buildah; --install gets Debian's";
}

function hasBuildah(): boolean {
  return spawnSync(BUILDAH, ["--version"]).status === 0;
}

function builtImageFaults(): string[] {
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-image-"));
  const buildah = (args: readonly string[], input = "") =>
    run(
      BUILDAH,
      ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs", ...args],
      input,
    );
  try {
    makeBaseImage(join(folder, "base"), buildah);
    buildah([
      ...["build", "--isolation", "chroot", "--pull=never", "--build-arg", `NODE_IMAGE=${BASE}`],
      ...["--file", options.dockerfile, "--tag", IMAGE, "."],
    ]);
    tell("Both stages of the Dockerfile were built, npm ci included.");
    const config = inspected(buildah(["inspect", "--type", "image", IMAGE]));
    const container = buildah(["from", "--pull=never", IMAGE]).trim();
    const inContainer = (argv: readonly string[], input = "") =>
      buildah(["run", "--isolation", "chroot", container, "--", ...argv], input);
    return [
      ...containerFaults(config),
      ...contentFaults(inContainer),
      ...answerFaults(inContainer(config.entrypoint, REQUESTS)),
    ];
  } finally {
    buildah(["rm", "--all"]);
    rmSync(folder, { recursive: true });
  }
}

/** As much of the official image as the Dockerfile needs, and the traps that it sets: a user, an ENTRYPOINT, a CMD. */
function makeBaseImage(files: string, buildah: (args: readonly string[]) => string): void {
  const npm = dirname(dirname(realpathSync(process.env.npm_execpath ?? run("which", ["npm"]).trim())));
  const programs = {
    "/usr/local/bin/node": process.execPath,
    "/bin/sh": "/bin/sh",
    "/usr/bin/env": "/usr/bin/env",
  };
  for (const [at, program] of Object.entries(programs)) put(files, at, program);
  for (const library of librariesOf(Object.values(programs))) put(files, library, library);
  put(files, "/usr/local/lib/node_modules/npm", npm);
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(files, "usr/local/bin/npm"));
  mkdirSync(join(files, "etc"));
  writeFileSync(
    join(files, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n",
  );
  mkdirSync(join(files, "tmp"));
  chmodSync(join(files, "tmp"), 0o1777);

  const environment = ["PATH=/usr/local/bin:/usr/bin:/bin", ...networkSettings(files)];

  const container = buildah(["from", "scratch"]).trim();
  buildah(["copy", container, files, "/"]);
  buildah([
    ...["config", "--entrypoint", '["docker-entrypoint.sh"]', "--cmd", "node"],
    ...environment.flatMap((setting) => ["--env", setting]),
    container,
  ]);
  buildah(["commit", "--rm", container, BASE]);
  const npmVersion = JSON.parse(readFileSync(join(npm, "package.json"), "utf8")).version;
  tell(
    `The base image was made here, of Node ${process.version} and npm ${npmVersion}; no image was pulled.`,
  );
}

/** The environment in which npm in the container gets its packages the way that this machine does. */
function networkSettings(files: string): string[] {
  const settings = [`npm_config_registry=${run("npm", ["config", "get", "registry"]).trim()}`];
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (!certificates || !existsSync(certificates)) return settings;
  put(files, "/etc/extra-certificates.pem", certificates);
  return [...settings, "NODE_EXTRA_CA_CERTS=/etc/extra-certificates.pem"];
}

function librariesOf(programs: readonly string[]): string[] {
  const listed = programs.flatMap((program) => [...run("ldd", [program]).matchAll(/(\/\S+\.so\S*) \(/g)]);
  return [...new Set(listed.map(([, path]) => path ?? ""))];
}

function put(files: string, at: string, from: string): void {
  mkdirSync(dirname(join(files, at)), { recursive: true });
  cpSync(realpathSync(from), join(files, at), { recursive: true });
}

function inspected(json: string): ContainerConfig {
  const { config } = (JSON.parse(json) as { OCIv1: { config: Record<string, unknown> } }).OCIv1;
  return {
    labels: (config.Labels ?? {}) as Record<string, string>,
    user: (config.User ?? "") as string,
    environment: Object.fromEntries(
      ((config.Env ?? []) as string[]).map((setting) => setting.split(/=(.*)/s)),
    ),
    entrypoint: (config.Entrypoint ?? []) as string[],
    hasCommand: ((config.Cmd ?? []) as string[]).length > 0,
  };
}

function contentFaults(inContainer: (argv: readonly string[]) => string): string[] {
  const look =
    "console.log(JSON.stringify({ user: process.getuid(), files: fs.readdirSync('/app', { recursive: true }) }))";
  const { user, files } = JSON.parse(inContainer(["node", "--eval", look])) as {
    user: number;
    files: string[];
  };
  tell(`In the container, /app holds ${files.join(", ")}, and the user's number is ${user}.`);
  return [
    ...(user === 0 ? ["the container runs as root"] : []),
    ...(files.length === 1 ? [] : ["/app holds more than the bundle"]),
  ];
}

function answerFaults(output: string): string[] {
  const answers = output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { spec?: { protocol: number }; discovered?: { bindings: unknown[] } });
  const protocol = answers[0]?.spec?.protocol;
  const bindings = answers[1]?.discovered?.bindings.length;
  tell(`Its ENTRYPOINT answered spec with protocol ${protocol}, and discover with ${bindings} bindings.`);
  return protocol === 3032023 && bindings === 9 ? [] : ["spec or discover was not answered as it should be"];
}

function run(program: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
