/** Style sheet of the page; light and dark by the system's choice. */
export const STYLE = `
:root {
  --ground: #eef1f6; --card: #ffffff; --ink: #16202e; --soft: #5d6b7e; --line: #dde3ec;
  --accent: #1f6feb; --accent-ink: #ffffff; --good: #14854f; --bad: #c4314b; --warn: #a05a00;
  --bubble-to: #edf0f5; --bubble-from: #1f6feb; --bubble-from-ink: #ffffff; --bezel: #1b2330; --screen: #fbfcfe;
  --shadow: 0 1px 2px rgba(20, 32, 56, .07), 0 8px 24px rgba(20, 32, 56, .07);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e131b; --card: #171e29; --ink: #e7ecf3; --soft: #93a1b5; --line: #283243;
    --accent: #4c8dff; --accent-ink: #0b1220; --good: #4cc38a; --bad: #ff7a8c; --warn: #f0b35a;
    --bubble-to: #232d3c; --bubble-from: #2b65c9; --bubble-from-ink: #ffffff; --bezel: #05080d; --screen: #121823;
    --shadow: 0 1px 2px rgba(0, 0, 0, .4), 0 8px 24px rgba(0, 0, 0, .3);
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
header {
  position: sticky; top: 0; z-index: 2; display: flex; align-items: center; gap: 14px; padding: 12px 24px;
  background: var(--card); border-bottom: 1px solid var(--line);
}
h1::before {
  content: "信"; display: inline-grid; place-items: center; width: 30px; height: 30px; margin-right: 11px; border-radius: 9px;
  background: var(--accent); color: var(--accent-ink); font-size: 16px; font-weight: 700; letter-spacing: 0;
}
h1 { margin: 0; font-size: 18px; letter-spacing: .02em; }
h2 { margin: 0 0 12px; font-size: 14px; font-weight: 600; }
.badge {
  display: inline-flex; align-items: center; gap: 7px; padding: 3px 11px; border-radius: 99px;
  border: 1px solid var(--line); font-size: 13px; color: var(--soft);
}
.badge::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--good); }
.badge.down::before, .badge.lost::before { background: var(--bad); }
.badge.faulty::before { background: var(--warn); }
.space { flex: 1; }
button, input, textarea { font: inherit; color: inherit; }
button {
  padding: 7px 13px; border: 1px solid var(--line); border-radius: 9px; background: var(--card); cursor: pointer;
}
button:hover { border-color: var(--accent); }
button:focus-visible, input:focus-visible, textarea:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; }
button.on { border-color: var(--bad); color: var(--bad); }
main { display: grid; grid-template-columns: 330px 1fr; gap: 22px; padding: 22px 24px 40px; max-width: 1560px; margin: 0 auto; }
aside { display: flex; flex-direction: column; gap: 18px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px; box-shadow: var(--shadow); }
label { display: block; margin-bottom: 10px; font-size: 13px; color: var(--soft); }
input, textarea {
  width: 100%; margin-top: 3px; padding: 8px 11px; color: var(--ink); font-size: 15px; border: 1px solid var(--line); border-radius: 9px; background: var(--screen);
}
textarea { resize: vertical; min-height: 76px; }
.pair { display: grid; grid-template-columns: 1.7fr 1fr; gap: 10px; }
.note { margin: 10px 0 0; font-size: 13px; color: var(--soft); }
.note:empty { display: none; }
.note.bad { color: var(--bad); }
.faults { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
.faults button { text-align: left; font-size: 13px; line-height: 1.35; padding: 8px 11px; }
.numbers { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 12px; margin-bottom: 22px; }
.number { padding: 13px 14px; }
.number b { display: block; font-size: 20px; line-height: 1.35; font-weight: 650; font-variant-numeric: tabular-nums; }
.number span { font-size: 12.5px; color: var(--soft); }
.number.bad b { color: var(--bad); }
.chart { grid-column: span 2; display: flex; align-items: flex-end; gap: 14px; }
.chart svg { flex: 1; height: 46px; min-width: 0; }
.chart path { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; }
.chart path.area { fill: var(--accent); opacity: .13; stroke: none; }
.phones { display: grid; grid-template-columns: repeat(auto-fill, minmax(258px, 1fr)); gap: 22px; }
.phone {
  display: flex; flex-direction: column; height: 470px; border: 9px solid var(--bezel); border-radius: 34px;
  background: var(--screen); box-shadow: var(--shadow); overflow: hidden;
}
.phone .top { padding: 9px 16px 10px; border-bottom: 1px solid var(--line); text-align: center; background: var(--card); }
.phone .top::before {
  content: ""; display: block; width: 66px; height: 5px; margin: 0 auto 8px; border-radius: 9px; background: var(--line);
}
.phone .top b { font-variant-numeric: tabular-nums; letter-spacing: .03em; }
.phone ol { flex: 1; scrollbar-width: thin; overflow-y: auto; margin: 0; padding: 13px 12px; list-style: none; display: flex; flex-direction: column-reverse; gap: 11px; }
.phone li:first-child { margin-bottom: auto; }
.phone li { max-width: 87%; align-self: flex-start; }
.phone li.from { align-self: flex-end; }
.bubble { width: fit-content; padding: 8px 12px; border-radius: 15px 15px 15px 5px; background: var(--bubble-to); white-space: pre-wrap; overflow-wrap: anywhere; }
.from .bubble { margin-left: auto; border-radius: 15px 15px 5px 15px; background: var(--bubble-from); color: var(--bubble-from-ink); }
.meta { margin: 3px 5px 0; font-size: 11.5px; color: var(--soft); font-variant-numeric: tabular-nums; }
.from .meta { text-align: right; }
.meta .good { color: var(--good); }
.meta .bad { color: var(--bad); }
.phone form { display: flex; gap: 7px; padding: 9px; border-top: 1px solid var(--line); background: var(--card); }
.phone form input { margin: 0; border-radius: 99px; padding: 6px 13px; }
.phone form button { border-radius: 99px; padding: 6px 13px; white-space: nowrap; }
.empty { padding: 70px 20px; text-align: center; color: var(--soft); border: 1.5px dashed var(--line); border-radius: 18px; }
@media (max-width: 1100px) { .numbers { grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); } }
@media (max-width: 860px) { main { grid-template-columns: 1fr; padding: 16px; } header { padding: 12px 16px; flex-wrap: wrap; } }
`;
