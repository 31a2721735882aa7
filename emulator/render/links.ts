/** Links in rows always point to the real API, whatever the origin of the emulator. */
export function directLink(path: string): string {
  return `https://api.aircall.io${path}`;
}
