import stringWidth from "string-width";
import { visible } from "../shared/visible.ts";
import type { Terminal } from "./terminal.ts";

/** What terminals without a stated size are taken to have. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

const ELLIPSIS = "…";
const TO_LINE_END = "\u001b[K";
const TO_SCREEN_END = "\u001b[J";
const up = (rows: number) => (rows > 0 ? `\u001b[${rows}A` : "");

interface ShownLine {
  readonly text: string;
  readonly width: number;
}

/**
 * The last lines of a terminal, drawn again and again, each cut to the terminal's width. What is printed
 * scrolls by above them. The cursor stays visible and no signal is listened for, so that there is
 * nothing to restore when the process ends.
 */
export class LiveLines {
  readonly #terminal: Terminal;
  #shown: readonly ShownLine[] = [];
  /** The columns of the terminal when the lines were drawn. */
  #columns = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Asks the terminal: the properties of the stream lag behind a change of its size. */
  get #size(): { columns: number; rows: number } {
    const [columns, rows] = this.#terminal.getWindowSize();
    return { columns: columns || USUAL_COLUMNS, rows: rows || USUAL_ROWS };
  }

  get columns(): number {
    return this.#size.columns;
  }

  /** Replaces the lines. Those that do not fit the height of the terminal are left out. */
  draw(lines: readonly string[]): void {
    const { columns, rows } = this.#size;
    const next = lines.slice(0, rows - 1).map((line) => cut(visible(line), columns - 1));
    const isSame = columns === this.#columns && textOf(next) === textOf(this.#shown);
    if (!isSame) this.#replace("", next);
  }

  /** Prints a line above. It may be longer than the terminal is wide. */
  print(line: string): void {
    this.#replace(`${TO_SCREEN_END}${line}\n`, this.#shown);
  }

  clear(): void {
    this.#replace(TO_SCREEN_END, []);
  }

  #replace(above: string, next: readonly ShownLine[]): void {
    const lines = next.map(({ text }) => `${text}${TO_LINE_END}\n`).join("");
    const { columns } = this.#size;
    this.#terminal.write(`${up(this.#shownRows(columns))}\r${above}${lines}${TO_SCREEN_END}`);
    this.#shown = next;
    this.#columns = columns;
  }

  /** A terminal that has become narrower breaks the lines that are longer than it is wide now. */
  #shownRows(columns: number): number {
    return this.#shown.reduce((rows, { width }) => rows + Math.max(1, Math.ceil(width / columns)), 0);
  }
}

const characters = new Intl.Segmenter();

function cut(text: string, columns: number): ShownLine {
  const wholeWidth = stringWidth(text);
  if (wholeWidth <= columns) return { text, width: wholeWidth };
  let fitting = "";
  let width = stringWidth(ELLIPSIS);
  for (const { segment } of characters.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    fitting += segment;
  }
  return { text: `${fitting}${ELLIPSIS}`, width: Math.min(width, columns) };
}

function textOf(lines: readonly ShownLine[]): string {
  return lines.map(({ text }) => text).join("\n");
}
