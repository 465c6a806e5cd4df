/** Style sheet of the page; light and dark by the system's choice. */
export const STYLE = `
:root {
  --ground: #eef1f6; --card: #ffffff; --ink: #16202e; --soft: #56647a; --line: #dde3ec; --inset: #f5f7fa;
  --accent: #1f5fd0; --accent-ink: #ffffff; --good: #24925f; --warn: #b36b00; --bad: #c4314b; --bad-ground: #fdecef;
  --shadow: 0 1px 2px rgba(20, 32, 56, .07), 0 6px 20px rgba(20, 32, 56, .06);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e131b; --card: #171e29; --ink: #e7ecf3; --soft: #97a5b9; --line: #2a3446; --inset: #111823;
    --accent: #6ba1ff; --accent-ink: #0b1220; --good: #4cc38a; --warn: #f0b35a; --bad: #ff7a8c; --bad-ground: #3a1a22;
    --shadow: 0 1px 2px rgba(0, 0, 0, .4), 0 6px 20px rgba(0, 0, 0, .3);
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
header {
  position: sticky; top: 0; z-index: 2; display: flex; align-items: center; gap: 12px; padding: 11px 24px;
  background: var(--card); border-bottom: 1px solid var(--line);
}
h1 { margin: 0; font-size: 18px; }
h2 { margin: 0 0 12px; font-size: 14px; font-weight: 600; }
.soft { color: var(--soft); }
.space { flex: 1; }
#you { overflow-wrap: anywhere; }
.badge {
  display: inline-flex; align-items: center; gap: 7px; padding: 3px 11px; border-radius: 99px;
  border: 1px solid var(--line); font-size: 13px; white-space: nowrap;
}
.badge::before { content: ""; width: 9px; height: 9px; border-radius: 50%; background: var(--soft); }
.badge.good::before { background: var(--good); }
.badge.warn::before { background: var(--warn); }
.badge.bad { border-color: var(--bad); color: var(--bad); font-weight: 600; }
.badge.bad::before { background: var(--bad); }
button, input { font: inherit; color: inherit; }
button {
  padding: 6px 13px; border: 1px solid var(--line); border-radius: 9px; background: var(--card); cursor: pointer; white-space: nowrap;
}
button:hover { border-color: var(--accent); }
button:disabled { opacity: .45; cursor: default; }
button:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; }
button.grave { background: var(--bad); border-color: var(--bad); }
button.link { padding: 3px 6px; border: 0; background: none; color: var(--accent); font-variant-numeric: tabular-nums; }
button.link:hover { text-decoration: underline; }
input { width: 100%; padding: 7px 11px; border: 1px solid var(--line); border-radius: 9px; background: var(--inset); font-size: 16px; }
main {
  display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 18px; padding: 20px 24px 28px; max-width: 1700px; margin: 0 auto;
}
main.stale { opacity: .55; }
.column { display: flex; flex-direction: column; gap: 18px; min-width: 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 17px 18px; box-shadow: var(--shadow); min-width: 0; }
.alarm, .tiles, .control { grid-column: 1 / -1; }
.alarm { padding: 12px 18px; border-radius: 14px; border: 1px solid var(--bad); background: var(--bad-ground); white-space: pre-line; overflow-wrap: anywhere; font-weight: 500; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px; }
.tile { padding: 13px 16px; }
.tile b { display: block; font-size: 27px; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tile span { font-size: 13px; color: var(--soft); }
.tile.warn b { color: var(--warn); }
.tile.bad b { color: var(--bad); }
.control { display: flex; align-items: center; gap: 12px; flex-wrap: wrap; padding: 12px 18px; }
.control h2 { margin: 0; }
#login { max-width: 430px; margin: 9vh auto; }
#login input { margin-bottom: 12px; }
.note { margin: 10px 0 0; color: var(--bad); }
.note:empty { display: none; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { padding: 0 10px 7px 0; text-align: left; font-weight: 500; color: var(--soft); white-space: nowrap; }
td { padding: 7px 10px 7px 0; border-top: 1px solid var(--line); vertical-align: top; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.n + th:not(.n), .n + td:not(.n) { padding-left: 10px; }
td.heat { position: relative; padding-right: 8px; }
td .sub { display: block; font-size: 13px; color: var(--soft); }
.deeds { display: flex; flex-wrap: wrap; gap: 8px; margin: 6px 0 2px; }
.pill { display: inline-block; padding: 1px 8px; border-radius: 6px; background: var(--inset); border: 1px solid var(--line); font-size: 12.5px; white-space: nowrap; }
.pill.held { border-color: var(--warn); color: var(--warn); font-weight: 600; }
.pill.bad { border-color: var(--bad); color: var(--bad); }
.empty { margin: 0; color: var(--soft); }
#find { display: flex; gap: 9px; }
#story, td.said { overflow-wrap: anywhere; }
td.said { min-width: 240px; }
#story ol { list-style: none; margin: 14px 0; padding: 0 0 0 14px; border-left: 2px solid var(--line); }
#story li { margin-bottom: 7px; font-size: 14px; }
#story .at { color: var(--soft); font-variant-numeric: tabular-nums; margin-right: 10px; white-space: nowrap; }
#story p { margin: 8px 0; }
#story .why { font-weight: 600; }
.legend { display: flex; gap: 4px 16px; flex-wrap: wrap; margin-top: 6px; font-size: 13px; color: var(--soft); }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
.limit { stroke: var(--warn); stroke-dasharray: 4 4; }
.sent { fill: var(--accent); background: var(--accent); opacity: .33; }
.delivered { fill: var(--good); background: var(--good); }
.undelivered { fill: var(--warn); background: var(--warn); }
.refused { fill: var(--bad); background: var(--bad); }
.rate { fill: none; stroke: var(--good); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--good); }
.dot.low { fill: var(--bad); }
.touch { fill: transparent; }
.touch:hover { fill: var(--accent); opacity: .1; }
footer { padding: 0 24px 22px; text-align: center; font-size: 13px; }
dialog { max-width: 480px; width: calc(100% - 32px); border: 1px solid var(--line); border-radius: 14px; padding: 20px; background: var(--card); color: var(--ink); }
dialog::backdrop { background: rgba(8, 14, 24, .5); }
dialog p { margin: 0 0 14px; white-space: pre-line; overflow-wrap: anywhere; }
progress { width: 100%; accent-color: var(--accent); }
.right { margin-top: 16px; text-align: right; }
@media (max-width: 900px) {
  header { padding: 10px 14px; gap: 5px 9px; flex-wrap: wrap; }
  main { grid-template-columns: minmax(0, 1fr); gap: 13px; padding: 13px; }
  .column { gap: 13px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; }
  .tile { padding: 10px 13px; }
  .tile b { font-size: 23px; }
  #instance, #you:empty { display: none; }
  #you { order: 1; width: 100%; font-size: 13px; }
  #login { margin: 24px 13px; }
}
@media (min-width: 1800px) {
  body { font-size: 18px; }
  main { max-width: 2300px; }
  .tile b { font-size: 38px; }
  .tile span, h2, table { font-size: 17px; }
  td .sub, .legend { font-size: 15px; }
  svg text { font-size: 13px; }
}
`;
