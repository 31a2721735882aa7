import { setTimeout as sleep } from "node:timers/promises";
import { type Terminal as Screen, default as xterm } from "@xterm/headless";
import { BUNDLE, type Env } from "./program.ts";

/** `undefined` where the pseudo-terminals have no binary for this platform. */
export const pty = await import("@lydell/node-pty").catch(() => undefined);

export interface OnTerminal {
  readonly pid: number;
  /** All that the program has written so far. */
  output(): string;
  /** What a person sees: the lines of the screen, and of what has scrolled off it. */
  screen(): Promise<string[]>;
  /** Presses keys, such as Ctrl-C. */
  type(keys: string): void;
  /** Changes the size between two frames of the program: what it has written for the old size has been shown. */
  resize(columns: number, rows: number): Promise<void>;
  /** Closes the terminal. */
  close(): void;
  readonly ended: Promise<{ readonly exitCode: number; readonly signal: number | undefined }>;
  /** Resolves when the output holds the text. Rejects when the program ends without it. */
  shows(text: string): Promise<void>;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Starts the shipped bundle on a terminal of its own. */
export function startOnTerminal(
  args: readonly string[],
  env: Env,
  { columns, rows }: TerminalSize = { columns: 80, rows: 24 },
): OnTerminal {
  if (!pty) throw new Error("there are no pseudo-terminals for this platform");
  const size = { cols: columns, rows };
  const child = pty.spawn(process.execPath, [BUNDLE, ...args], {
    ...size,
    name: env.TERM ?? "xterm",
    env: { PATH: process.env.PATH, ...env },
  });
  const screen: Screen = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 1_000 });
  let output = "";
  let isOver = false;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  child.onData((text) => {
    output += text;
    screen.write(text);
    changed();
  });
  const ended = new Promise<{ exitCode: number; signal: number | undefined }>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      isOver = true;
      changed();
      resolve({ exitCode, signal });
    });
  });
  return {
    pid: child.pid,
    output: () => output,
    async screen() {
      await new Promise<void>((resolve) => screen.write("", resolve));
      const { active } = screen.buffer;
      const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row));
      return lines.map((line) => line?.translateToString(true) ?? "").filter((line) => line !== "");
    },
    type: (keys) => child.write(keys),
    async resize(newColumns, newRows) {
      await Promise.race([new Promise<void>((resolve) => listeners.add(resolve)), sleep(500)]);
      await new Promise<void>((resolve) => screen.write("", resolve));
      child.resize(newColumns, newRows);
      screen.resize(newColumns, newRows);
    },
    close: () => child.kill("SIGHUP"),
    ended,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (output.includes(text)) resolve();
          else if (isOver) reject(new Error(`it ended without showing "${text}": ${output}`));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
  };
}
