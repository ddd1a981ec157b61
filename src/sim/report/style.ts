/** The look of a report, by day and by night. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #faf8f4; --card: #ffffff; --ink: #22202b; --muted: #757080; --line: #e7e2d9; --empty: #f3f0ea;
  --good: #1b7f5c; --bad: #b3261e; --c0: #6d3fc0; --c1: #15826a; --c2: #c26a00; --c3: #b8326b; --c4: #2462c9; --c5: #6a7280; }
@media (prefers-color-scheme: dark) { :root { --bg: #131218; --card: #1b1a22; --ink: #ebe8f2; --muted: #9c97aa; --line: #2e2b38; --empty: #24222c;
  --good: #55c99b; --bad: #ff8a80; --c0: #ab8cf2; --c1: #4fc7a5; --c2: #efa640; --c3: #f07fa9; --c4: #74a9fb; --c5: #98a2b3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 40px 20px 64px; }
header p { margin: 4px 0 0; color: var(--muted); max-width: 46em; }
h1 { margin: 0; font-size: 34px; line-height: 1.2; letter-spacing: -0.02em; display: flex; flex-wrap: wrap; align-items: center; gap: 14px; }
h2 { margin: 0; font-size: 19px; letter-spacing: -0.01em; }
.kicker { margin: 0 0 6px; font-size: 13px; letter-spacing: 0.08em; text-transform: uppercase; color: var(--muted); }
.verdict { font-size: 14px; letter-spacing: 0; font-weight: 600; padding: 3px 12px; border-radius: 99px; border: 1.5px solid currentColor; }
.verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); margin: 24px 0 0; padding: 0;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
.facts div { padding: 12px 16px; box-shadow: 0 0 0 0.5px var(--line); }
.facts dt { font-size: 13px; color: var(--muted); } .facts dd { margin: 0; font-size: 20px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.replay { margin: 16px 0 0; padding: 14px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; font-size: 14px; color: var(--muted); }
code { font: 13.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; color: var(--ink); overflow-wrap: anywhere; }
.failures { margin: 20px 0 0; padding: 12px 16px 12px 36px; border-left: 4px solid var(--bad); background: var(--card); border-radius: 0 12px 12px 0; }
section { margin-top: 24px; padding: 22px 24px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
section > p { margin: 4px 0 14px; color: var(--muted); max-width: 52em; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-family: inherit; fill: var(--ink); font-size: 12px; }
svg .axis { fill: var(--muted); font-size: 11.5px; } svg .note { font-weight: 600; }
svg text.moment { fill: var(--c3); font-size: 11.5px; } svg line.moment { stroke: var(--c3); stroke-dasharray: 3 3; stroke-width: 1; }
svg .grid { stroke: var(--line); stroke-width: 1; } svg .empty { fill: var(--empty); } svg .cell { shape-rendering: crispEdges; }
svg .chord { fill: none; stroke: var(--muted); stroke-opacity: 0.55; } svg .absent { fill: var(--card); stroke: var(--muted); stroke-dasharray: 2 2; }
svg .link { fill: none; stroke: var(--muted); stroke-width: 1.4; } svg .lost { stroke-opacity: 0.55; stroke-dasharray: 3 2; }
svg .lostblock { fill: var(--card); stroke-width: 1.8; } svg .mark { stroke: var(--card); stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 10px 0 0; padding: 0; list-style: none; font-size: 13.5px; color: var(--muted); }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 7px; }
.multiples { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 16px 22px; } .multiples.wide { grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); }
figure { margin: 0; } figcaption { font-size: 13.5px; color: var(--muted); text-align: center; }
.narrow { max-width: 480px; margin: 0 auto; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 14.5px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; font-size: 13px; color: var(--muted); } th, td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; } .range { display: inline-flex; align-items: center; gap: 10px; } .range svg { width: 110px; }
footer { margin-top: 28px; font-size: 13px; color: var(--muted); }
@media print { body { background: none; } section { break-inside: avoid; } }
`;
