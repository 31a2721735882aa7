import assert from "node:assert/strict";
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
import { discover as discovered } from "../src/connector.ts";
import { readDockerfile } from "./dockerfile.ts";

/**
 * Builds the images for Flow and for a capture without a platform with buildah, which needs no Docker daemon, and checks
 * that they are what their Dockerfiles say, and that they work. No image is pulled: a base image is made of this machine's Node, npm and shell.
 *
 *     npm run check:image [-- --install]
 *
 * `--install` installs Debian's buildah. The check is skipped where the image cannot be built. The exit code is 1 when it fails.
 */

const BASE = "localhost/node:made-here";
const FLOW = { file: "Dockerfile", tag: "localhost/source-aircall:check" };
const CAPTURE = { file: "Dockerfile.capture", tag: "localhost/source-aircall-capture:check" };
const REQUESTS = `${JSON.stringify({ spec: { config: {} } })}\n${JSON.stringify({ discover: { config: {} } })}\n`;
const CONTENT = `console.log(JSON.stringify({ uid: process.getuid(), files: fs.readdirSync("/app", { recursive: true }) }))`;

type Buildah = (args: readonly string[], input?: string) => string;

const { values: options } = parseArgs({ options: { install: { type: "boolean" } } });
const obstacle = whyNotBuilt();
if (obstacle)
  print(`Skipped, the image was not built: ${obstacle}. The tests check what the Dockerfile says.`);
else checkBuiltImage();

function whyNotBuilt(): string | undefined {
  if (process.platform !== "linux") return "this takes Linux";
  if (process.getuid?.() !== 0) return "this takes root";
  const hasBuildah = () => spawnSync("buildah", ["--version"]).status === 0;
  if (options.install && !hasBuildah()) {
    run("apt-get", ["update"]);
    run("apt-get", ["install", "--yes", "--no-install-recommends", "buildah"]);
  }
  return hasBuildah() ? undefined : "buildah is missing, and npm run check:image -- --install installs it";
}

function checkBuiltImage(): void {
  const folder = mkdtempSync(join(tmpdir(), "source-aircall-image-"));
  const storage = [
    "--root",
    join(folder, "root"),
    "--runroot",
    join(folder, "run"),
    "--storage-driver",
    "vfs",
  ];
  const buildah: Buildah = (args, input) => run("buildah", [...storage, ...args], input);
  try {
    makeBaseImage(join(folder, "base"), buildah);
    const built = (image: Image) => buildImage(image, buildah);
    checkFlow(built(FLOW));
    checkCapture(built(CAPTURE));
    print("The images are right.");
  } finally {
    buildah(["rm", "--all"]);
    rmSync(folder, { recursive: true });
  }
}

type Image = typeof FLOW;

/** Builds the image, holds it against its Dockerfile, and returns what runs a command in a container of it. */
function buildImage({ file, tag }: Image, buildah: Buildah): Buildah {
  // Only Docker's format knows a HEALTHCHECK.
  const options = ["--isolation", "chroot", "--pull=never", "--format", "docker", "--file", file];
  buildah(["build", ...options, "--build-arg", `NODE_IMAGE=${BASE}`, "--tag", tag, "."]);
  print(`Both stages of ${file} were built, npm ci included.`);
  checkConfig(file, buildah(["inspect", "--type", "image", tag]));
  const container = buildah(["from", "--pull=never", tag]).trim();
  return (argv, input) => buildah(["run", "--isolation", "chroot", container, "--", ...argv], input);
}

/** Compares what the image is started with to the Dockerfile. The base image may add labels and variables. */
function checkConfig(file: string, inspected: string): void {
  const { config } = JSON.parse(inspected).Docker;
  const written = readDockerfile(readFileSync(file, "utf8"));
  assert.deepEqual(config.Entrypoint, written.entrypoint);
  assert.equal(config.User, written.user);
  assert.deepEqual(config.Cmd ?? [], written.command ?? []);
  assert.partialDeepStrictEqual(config.Labels ?? {}, written.labels);
  const exposed = written.ports.map((port) => `${port}/tcp`);
  assert.deepEqual(Object.keys(config.ExposedPorts ?? {}).sort(), exposed.sort());
  assert.deepEqual(Object.keys(config.Volumes ?? {}), written.volumes);
  assert.equal(Boolean(config.Healthcheck), written.healthcheck !== "");
  const environment = Object.fromEntries(config.Env.map((setting: string) => setting.split(/=(.*)/s)));
  assert.partialDeepStrictEqual(environment, written.environment);
}

/** The demo serves an account in the container, and captures it onto the volume with DuckDB's native library. */
function checkCapture(inContainer: Buildah): void {
  const { entrypoint } = readDockerfile(readFileSync(CAPTURE.file, "utf8"));
  const uid = Number(inContainer(["node", "--print", "process.getuid()"]));
  assert.notEqual(uid, 0, "the container must not run as root");
  const shown = inContainer([...entrypoint, "demo", "--to", "demo.duckdb"]);
  const [captured] = /^Captured .*$/m.exec(shown) ?? [];
  assert.ok(captured, "the demo captures nothing");
  const files = inContainer(["node", "--print", 'fs.readdirSync("/data").join()']).trim();
  assert.ok(files.split(",").includes("demo.duckdb"), "the file is not on the volume");
  print(`In the container, with the user's number ${uid}, the demo has this result: ${captured}`);
}

function checkFlow(inContainer: Buildah): void {
  const { uid, files } = JSON.parse(inContainer(["node", "--eval", CONTENT]));
  print(`In the container, /app holds ${files.length} files, and the user's number is ${uid}.`);
  assert.ok(files.includes("source-aircall.cjs"));
  const others = files.filter((path: string) => !/^(lib|THIRD-PARTY\.txt)$|\.cjs$/.test(path));
  assert.deepEqual(others, [], "the image holds nothing but the bundle");
  assert.notEqual(uid, 0, "the container must not run as root");
  const { entrypoint } = readDockerfile(readFileSync(FLOW.file, "utf8"));
  const [spec, discover] = inContainer(entrypoint, REQUESTS)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  print(
    `Its ENTRYPOINT answered spec with protocol ${spec?.spec.protocol}, and discover with ${discover?.discovered.bindings.length} bindings.`,
  );
  assert.equal(spec?.spec.protocol, 3032023);
  assert.equal(discover?.discovered.bindings.length, discovered().length);
}

/** As much of the official image as the Dockerfile needs, with its user, its ENTRYPOINT and its CMD, which the Dockerfile must override. */
function makeBaseImage(files: string, buildah: Buildah): void {
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
  const users = "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n";
  writeFileSync(join(files, "etc/passwd"), users);
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
  print(`The base image was made of this machine's Node ${process.version}; no image was pulled.`);
}

/** The settings with which npm in the container gets packages as it does on this machine. */
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

function run(program: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
