/** A `fetch` through a proxy. The library for that is loaded with the first request: few networks have a proxy. */
export function fetchThrough(proxyUrl: string): typeof fetch {
  let loaded: Promise<typeof fetch> | undefined;
  return async (input, init) => {
    loaded ??= import("./proxied-fetch.ts").then(({ proxiedFetch }) => proxiedFetch(proxyUrl));
    return (await loaded)(input, init);
  };
}
