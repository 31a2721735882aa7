/** The part of a process's output that commands use. */
export type Terminal = NodeJS.WriteStream;

export function writeLine(terminal: Terminal, line: string): void {
  terminal.write(`${line}\n`);
}
