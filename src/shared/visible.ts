/**
 * What a terminal would not print but obey: control characters, which move the cursor or end the line,
 * characters that turn the direction of the text, and invisible ones that only disguise a text.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text in one line that a terminal prints as it is: what it would obey is spelt as an escape, such as `\x1b`. */
export function visible(text: string): string {
  return text.replace(OBEYED, (character) => NAMED[character] ?? escapeOf(character));
}

function escapeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\u{${code}}`;
}
