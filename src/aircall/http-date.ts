import { parseInstant } from "../shared/instant.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const TIME = "(?<time>\\d\\d:\\d\\d:\\d\\d)";
const MONTH = `(?<month>${MONTHS.join("|")})`;
const DAY_NAME = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAY_NAME = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";

/** The three forms of RFC 9110, 5.6.7, of which a recipient reads all. */
const FORMS = [
  new RegExp(`^${DAY_NAME}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^${LONG_DAY_NAME}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^${DAY_NAME} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * The instant of a date in an HTTP header, in Unix milliseconds; `undefined` for any other text. A year of two digits
 * is never more than fifty years after `nowMs`.
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  for (const form of FORMS) {
    const { day = "", month = "", year = "", time = "" } = form.exec(text)?.groups ?? {};
    if (day === "") continue;
    const monthNumber = String(MONTHS.indexOf(month) + 1).padStart(2, "0");
    const fullYear = year.length === 2 ? yearOf(Number(year), nowMs) : year;
    return parseInstant(`${fullYear}-${monthNumber}-${day.replace(" ", "0")}T${time}Z`);
  }
  return undefined;
}

function yearOf(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}
