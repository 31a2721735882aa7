import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of each major version of Node that this machine has, the one of the tests included. */
export const nodes: ReadonlyMap<number, string> = new Map(candidates().map((path) => [majorOf(path), path]));

/** npm runs on the machine's own Node, and puts that of the project before it in the path. */
function candidates(): string[] {
  const installed = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "node"));
  const paths = [...installed, process.env.npm_node_execpath ?? "", process.execPath];
  return [...new Set(paths.filter((path) => existsSync(path)).map((path) => realpathSync(path)))];
}

function majorOf(node: string): number {
  return Number(execFileSync(node, ["--print", "process.versions.node.split('.')[0]"], { encoding: "utf8" }));
}
