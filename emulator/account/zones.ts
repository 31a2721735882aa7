import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from "./time.ts";

/** A location where the company has lines. Its phone numbers are reserved for fictional use. */
export interface Zone {
  timeZone: string;
  country: string;
  language: string;
  /** The number of a line, for 0 to 99, in display format. */
  line(number: number): string;
  /** The number of a party outside the company, for any whole number, in display format. */
  party(number: number): string;
}

const digits = (value: number, width: number) => String(value % 10 ** width).padStart(width, "0");

const american = (timeZone: string, areaCode: string): Zone => ({
  timeZone,
  country: "US",
  language: "en-US",
  line: (number) => `+1 ${areaCode}-555-01${digits(number, 2)}`,
  party: (number) => `+1 ${[205, 304, 402, 503, 605][number % 5]}-555-01${digits(number, 2)}`,
});

export const ZONES: readonly Zone[] = [
  american("America/New_York", "202"),
  american("America/Los_Angeles", "213"),
  {
    timeZone: "Europe/London",
    country: "GB",
    language: "en-GB",
    line: (number) => `+44 20 7946 0${digits(number, 3)}`,
    party: (number) => `+44 1632 960${digits(number, 3)}`,
  },
  {
    timeZone: "Europe/Paris",
    country: "FR",
    language: "fr-FR",
    line: (number) => `+33 1 99 00 00 ${digits(number, 2)}`,
    party: (number) => `+33 6 39 98 ${digits(Math.floor(number / 100), 2)} ${digits(number, 2)}`,
  },
  {
    timeZone: "Australia/Sydney",
    country: "AU",
    language: "en-AU",
    line: (number) => `+61 2 5550 00${digits(number, 2)}`,
    party: (number) => `+61 2 7010 ${digits(number, 4)}`,
  },
];

/** The zone of the n-th user or line. Zones have equal shares. */
export function zoneIndexOf(index: number): number {
  return index % ZONES.length;
}

export function zoneAt(index: number): Zone {
  const zone = ZONES[zoneIndexOf(index)];
  if (zone === undefined) throw new RangeError(`no zone at ${index}`);
  return zone;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number>>();

/** Local time minus UTC, in seconds. Offsets are cached by the hour, within which they are constant. */
export function zoneOffsetSeconds(timeZone: string, atSeconds: number): number {
  const hour = Math.floor(atSeconds / SECONDS_PER_HOUR);
  const known = offsets.get(timeZone) ?? new Map<number, number>();
  offsets.set(timeZone, known);
  const offset = known.get(hour) ?? readOffset(timeZone, hour * SECONDS_PER_HOUR);
  known.set(hour, offset);
  return offset;
}

function readOffset(timeZone: string, atSeconds: number): number {
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  formats.set(timeZone, format);
  const [, sign, hours = "0", minutes = "0"] =
    /GMT(?:([+-])(\d+):(\d+))?/.exec(format.format(atSeconds * 1000)) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

/** The local hour, with its fraction, and whether the local day is on a weekend. */
export function localTime(timeZone: string, atSeconds: number): { hour: number; isWeekend: boolean } {
  const localSeconds = atSeconds + zoneOffsetSeconds(timeZone, atSeconds);
  const hour = (localSeconds % SECONDS_PER_DAY) / SECONDS_PER_HOUR;
  return { hour, isWeekend: isWeekend(Math.floor(localSeconds / SECONDS_PER_DAY)) };
}

/** The Unix epoch began on a Thursday. */
export function isWeekend(day: number): boolean {
  const weekday = (day + 4) % 7;
  return weekday === 0 || weekday === 6;
}
