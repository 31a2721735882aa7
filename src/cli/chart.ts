import { count } from "../shared/format.ts";
import { visible } from "../shared/visible.ts";

export interface Bar {
  readonly label: string;
  readonly amount: number;
  /** Drawn behind the amount in a lighter shade; 0 for none. */
  readonly rest: number;
}

/** Horizontal bars that fit into so many columns, with the amounts behind them. */
export function barChart(bars: readonly Bar[], columns: number): string {
  const labels = bars.map(({ label }) => visible(label));
  const labelWidth = Math.max(0, ...labels.map(({ length }) => length));
  const amounts = bars.map(amountText);
  const amountWidth = Math.max(0, ...amounts.map((text) => text.length));
  const largest = Math.max(1, ...bars.map(({ amount, rest }) => amount + rest));
  const barWidth = Math.max(10, Math.min(60, columns - labelWidth - amountWidth - 3));
  return bars
    .map(({ amount, rest }, index) => {
      const solid = Math.round((amount / largest) * barWidth);
      const whole = Math.round(((amount + rest) / largest) * barWidth);
      return `${labels[index]?.padEnd(labelWidth)} ${"█".repeat(solid)}${"░".repeat(whole - solid)} ${amounts[index]}`;
    })
    .join("\n");
}

function amountText({ amount, rest }: Bar): string {
  return rest > 0 ? `${count(amount)} + ${count(rest)}` : count(amount);
}
