/** The stylesheet of the page, as it is sent. */
export const STYLESHEET = `:root {
  color-scheme: light dark;
  --page: #f6f7f9;
  --card: #ffffff;
  --line: #dde1e7;
  --text: #1a2230;
  --quiet: #566074;
  --accent: #1d5fc4;
  --well: #14713d;
  --well-back: #e3f4ea;
  --busy: #1b56ad;
  --busy-back: #e4eefc;
  --failed: #a81e1e;
  --failed-back: #fdeaea;
}

@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161d;
    --card: #1a202a;
    --line: #323b4a;
    --text: #e7ebf2;
    --quiet: #a3aec0;
    --accent: #6fa8ff;
    --well: #74d69b;
    --well-back: #163426;
    --busy: #8fbcff;
    --busy-back: #172c4d;
    --failed: #ff9d9d;
    --failed-back: #441d20;
  }
}

* { box-sizing: border-box; }

body {
  margin: 0 auto;
  max-width: 76rem;
  padding: 1rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}

h1, h2, h3, p, dl, dd, figure { margin: 0; }
h1 { font-size: 1.25rem; }
h2 { font-size: 1rem; margin: 1.75rem 0 0.6rem; }
h3 { font-size: 0.95rem; }
a { color: var(--accent); }
small { font-size: 0.65em; font-weight: 400; color: var(--quiet); }
.quiet { color: var(--quiet); font-size: 0.875rem; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.figures + .quiet, main > .quiet { margin-top: 0.6rem; }

header { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; margin-bottom: 0.75rem; }

.verdict { padding: 0.6rem 1rem; border-radius: 0.6rem; font-weight: 600; }
.well { color: var(--well); background: var(--well-back); }
.busy { color: var(--busy); background: var(--busy-back); }
.failed { color: var(--failed); background: var(--failed-back); }

article, .figures > div, .backfill, .streams, .chart {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 0.6rem;
}

article { padding: 0.75rem 1rem; border-left: 0.3rem solid var(--failed); overflow-wrap: anywhere; }
article + article { margin-top: 0.6rem; }
article p + p { margin-top: 0.35rem; }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.6rem; margin-top: 1rem; }
.figures > div { padding: 0.75rem 1rem; }
dt { color: var(--quiet); font-size: 0.875rem; }
dd:not(.quiet) { font-size: 1.5rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
meter, progress { display: block; width: 100%; height: 0.5rem; margin: 0.4rem 0; border: 0; border-radius: 0.5rem; overflow: hidden; background: var(--line); appearance: none; }
meter::-webkit-meter-inner-element, meter::-webkit-meter-bar, meter::-webkit-meter-optimum-value { display: block; height: 0.5rem; }
meter::-webkit-meter-bar, progress::-webkit-progress-bar { height: 100%; border: 0; border-radius: 0; background: var(--line); }
meter::-webkit-meter-optimum-value, progress::-webkit-progress-value { height: 100%; background: var(--accent); }
meter::-moz-meter-bar, progress::-moz-progress-bar { background: var(--accent); }

.backfills { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 0.6rem; }
.backfill { padding: 0.75rem 1rem; }
.backfill label { font-weight: 600; }

table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; }
td, th { padding: 0.5rem 0.75rem; vertical-align: top; }
.amount { text-align: right; font-variant-numeric: tabular-nums; }
.streams { border-collapse: separate; border-spacing: 0; }
.streams thead th { color: var(--quiet); font-size: 0.875rem; font-weight: 400; }
.streams tbody > tr > * { border-top: 1px solid var(--line); }
.state { display: inline-block; padding: 0 0.6rem; border-radius: 1rem; font-size: 0.875rem; }

.charts { margin-top: 0.6rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 0.6rem; align-items: start; }
.chart { padding: 0.75rem 1rem; min-width: 0; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.chart svg { display: block; margin: 0.5rem 0; overflow: visible; }
.chart rect { fill: var(--accent); }
.chart text { fill: var(--quiet); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); }
summary { color: var(--quiet); font-size: 0.875rem; cursor: pointer; }
details td, details th { padding: 0.15rem 0; font-size: 0.875rem; font-weight: 400; border-top: 1px solid var(--line); }

footer { margin: 1.25rem 0; display: flex; flex-wrap: wrap; gap: 1rem; font-size: 0.875rem; }
footer a { margin-right: 0.75rem; }
#connection { color: var(--failed); }

@media (max-width: 46rem) {
  .streams, .streams tbody, .streams tr, .streams th, .streams td { display: block; }
  .streams thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .streams tr { display: flex; flex-wrap: wrap; gap: 0.25rem 4%; padding: 0.75rem 1rem; }
  .streams tr + tr { border-top: 1px solid var(--line); }
  .streams tbody > tr > * { border: 0; padding: 0; }
  .streams tbody th { flex: 1 1 48%; overflow-wrap: anywhere; }
  .streams td:not(.of-state) { flex: 0 0 48%; text-align: left; font-size: 0.9rem; }
  .streams td:not(.of-state)::before { content: attr(data-label); display: block; color: var(--quiet); font-size: 0.8rem; }
}
`;
