import Table from "cli-table3";
import { visible } from "../shared/visible.ts";

type Align = "left" | "right";

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  right: "",
  "right-mid": "",
  mid: "",
  "mid-mid": "",
  middle: "  ",
};

/** A table as plain text: columns parted by spaces, so that it can be read, piped and pasted. A row is a line, whatever its cells hold. */
export function textTable(
  columns: readonly (readonly [title: string, align: Align])[],
  rows: readonly string[][],
): string {
  const table = new Table({
    head: columns.map(([title]) => title),
    colAligns: columns.map(([, align]) => align),
    chars: NO_BORDERS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((cells) => cells.map(visible)));
  return table.toString().replace(/ +$/gm, "");
}
