/** The style sheet of the HTML report: light and dark by the reader's preference, no file or font from elsewhere. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --ink: #1d2126; --soft: #646c76; --line: #dfe1e4; --grid: #ebecee;
  --ok: #3d8f74; --changed: #c98a1b; --skipped: #b9bfc6; --failed: #cf3a34; --unreachable: #a8489f;
  --unknown: #7a5bd0; --cancelled: #d4d8dc; --wait: #eef0f2; --hatch: #aeb6bf; --path: #1d2126;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1c2024; --ink: #e6e8ea; --soft: #97a0aa; --line: #31363c; --grid: #262b30;
    --ok: #3f9b7d; --changed: #d49a33; --skipped: #555d66; --failed: #e5534b; --unreachable: #c06bb7;
    --unknown: #9a80e6; --cancelled: #3a4047; --wait: #252a30; --hatch: #58616b; --path: #ffffff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 24px 60px; max-width: 1500px; background: var(--page); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { margin: 0 0 2px; font-size: 22px; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 34px 0 10px; font-size: 15px; font-weight: 650; }
p { margin: 4px 0; }
.soft { color: var(--soft); }
.badge { display: inline-block; padding: 1px 10px; margin-left: 8px; border-radius: 99px; font-size: 13px;
  font-weight: 600; color: #fff; background: var(--ok); vertical-align: 3px; }
.badge.failed { background: var(--failed); } .badge.changed { background: var(--changed); color: #1d2126; }
.badge.unreachable { background: var(--unreachable); } .badge.unknown { background: var(--unknown); }
.badge.cancelled, .badge.broken { background: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px; text-align: left; vertical-align: top; border-top: 1px solid var(--grid); }
tr:first-child th { border-top: 0; }
th { font-weight: 600; color: var(--soft); white-space: nowrap; }
td.n, th.n { text-align: right; white-space: nowrap; }
td.zero { color: var(--soft); opacity: .55; }
td.name { overflow-wrap: anywhere; min-width: 9em; }
td.said { width: 60%; }
pre { margin: 0; font: 12px/1.45 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; max-height: 26em; overflow: auto; }
code { font: 12px ui-monospace, Menlo, Consolas, monospace; }
.mark { color: var(--failed); font-weight: 600; } .mark.unreachable { color: var(--unreachable); }
.mark.unknown { color: var(--unknown); } .mark.calm { color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 10px; color: var(--soft); font-size: 12.5px; }
.legend i { display: inline-block; width: 14px; height: 11px; margin-right: 6px; border-radius: 2px; vertical-align: -1px; }
.zoom { margin-left: auto; } .zoom input { margin: 0 2px 0 8px; vertical-align: -2px; }
.hosts { display: grid; grid-template-columns: max-content 1fr; }
.names { border-right: 1px solid var(--line); max-width: 16em; overflow: hidden; }
.names div, .tracks .row { border-top: 1px solid var(--grid); }
.names div { padding: 3px 12px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.names .scale { border-top: 0; height: 24px; color: var(--soft); font-size: 12px; }
.scroll { overflow-x: auto; } .tracks { position: relative; }
body:has(#zoom4:checked) .tracks { width: 400%; } body:has(#zoom16:checked) .tracks { width: 1600%; }
.ticks { position: relative; height: 24px; color: var(--soft); font-size: 11.5px; }
.ticks span { position: absolute; top: 4px; padding-left: 5px; white-space: nowrap; }
.grid { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--grid); }
.row { position: relative; }
.bar { position: absolute; height: 18px; border-radius: 3px; overflow: hidden; min-width: 2px;
  font-size: 11px; line-height: 18px; white-space: nowrap; color: #fff; background: var(--ok); }
.bar span { position: absolute; pointer-events: none; margin-left: 5px; }
.bar.ok, i.ok { background: var(--ok); } .bar.changed, i.changed { background: var(--changed); color: #1d2126; }
.bar.skipped, i.skipped { background: var(--skipped); color: var(--ink); }
.bar.failed, i.failed { background: var(--failed); } .bar.unknown, i.unknown { background: var(--unknown); }
.bar.unreachable, i.unreachable { background: var(--unreachable); }
.bar.cancelled, i.cancelled { background: var(--cancelled); color: var(--ink); }
.bar.open { background: repeating-linear-gradient(90deg, var(--soft) 0 6px, transparent 6px 9px); }
i.wait, .bar.waited { background: repeating-linear-gradient(135deg, var(--wait) 0 3px, var(--hatch) 3px 4px); }
.bar i.wait { position: absolute; top: 0; bottom: 0; } .bar.waited { color: var(--ink); }
.bar.calm { opacity: .6; }
.bar.critical { box-shadow: inset 0 0 0 2px var(--path); }
.legend .critical { box-shadow: inset 0 0 0 2px var(--path); }
@media print { .zoom { display: none; } pre { max-height: none; } }
`;
