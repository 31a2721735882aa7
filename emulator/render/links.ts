/** Links inside rows name the API itself, wherever it is served from. */
export function directLink(path: string): string {
  return `https://api.aircall.io${path}`;
}
