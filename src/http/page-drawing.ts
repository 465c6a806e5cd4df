/** The drawing part of the page's script: tables and charts. Whatever was written by others enters by textContent only. */
export const DRAWING = String.raw`
const byId = (id) => document.getElementById(id);
// #zh or #en in the address wins, then what was chosen here before, then the browser's language
let zh = (location.hash.slice(1) || localStorage.getItem('lang') || (navigator.language || 'zh').slice(0, 2)) === 'zh';
const t = (chinese, english) => (zh ? chinese : english);
const say = (text) => (text ? (zh ? text.zh : text.en) : '');
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined && text !== null) element.textContent = text;
  return element;
};
const count = (n, cap) => (n === null || n === undefined ? '–' : (cap && n >= cap ? '≥ ' : '') + n.toLocaleString('en-US'));

function span(ms) {
  if (ms === null || ms === undefined) return '–';
  const s = Math.round(ms / 1000);
  if (s < 100) return s + t(' 秒', ' s');
  if (s < 6000) return Math.round(s / 60) + t(' 分', ' min');
  if (s < 172800) return Math.round(s / 360) / 10 + t(' 小时', ' h');
  return Math.round(s / 8640) / 10 + t(' 天', ' d');
}

function tableOf(head, rows) {
  const table = make('table'), top = make('tr');
  for (const [text, className] of head) top.append(make('th', className, text));
  table.append(top);
  for (const row of rows) {
    const line = make('tr');
    for (const cell of row) {
      if (cell instanceof Node) line.append(cell);
      else line.append(make('td', cell[1], cell[0]));
    }
    table.append(line);
  }
  return table;
}

const NS = 'http://www.w3.org/2000/svg';
function svg(tag, attributes, text) {
  const element = document.createElementNS(NS, tag);
  for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A round number at or above: 1, 2, 5 times a power of ten. */
function roundUp(n) {
  const power = Math.pow(10, Math.floor(Math.log10(Math.max(1, n))));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= n) return factor * power;
  return n;
}
const short = (n) => (n >= 10000 ? Math.round(n / 1000) + 'k' : n >= 1000 ? Math.round(n / 100) / 10 + 'k' : String(n));
const rateOf = (slot) => {
  const receipts = slot.delivered + slot.undelivered;
  return receipts === 0 ? null : slot.delivered / receipts;
};
const percent = (rate) => (rate === null ? '–' : (Math.floor(rate * 1000) / 10).toFixed(1) + ' %');

const PARTS = [
  ['delivered', '送达', 'delivered'],
  ['undelivered', '未送达', 'not delivered'],
  ['refused', '未发出', 'not sent'],
];

/** Columns of what was sent, with the receipts in front of them, and the delivery rate beneath. slots: [{ label, mark, sent, … }] */
function chart(slots, width) {
  const [left, top, high, gap, low] = [44, 8, 150, 28, 50];
  const below = top + high + gap, step = (width - left) / slots.length;
  const picture = svg('svg', { viewBox: '0 0 ' + width + ' ' + (below + low + 6), role: 'img' });
  const most = roundUp(Math.max(4, ...slots.map((s) => Math.max(s.sent, s.delivered + s.undelivered + s.refused))));
  for (const share of [0, 0.5, 1]) {
    const y = top + high * (1 - share);
    picture.append(svg('line', { x1: left, x2: width, y1: y, y2: y, class: 'grid' }));
    picture.append(svg('text', { x: left - 7, y: y + 4, 'text-anchor': 'end' }, short(most * share)));
  }
  const floor = 0.8, heightOf = (rate) => below + low * (1 - (Math.max(floor, rate) - floor) / (1 - floor));
  for (const [rate, name] of [[1, 'grid'], [0.95, 'limit'], [floor, 'grid']]) {
    picture.append(svg('line', { x1: left, x2: width, y1: heightOf(rate), y2: heightOf(rate), class: name }));
    picture.append(svg('text', { x: left - 7, y: heightOf(rate) + 4, 'text-anchor': 'end' }, Math.round(rate * 100) + '%'));
  }
  let line = '';
  slots.forEach((slot, i) => {
    const x = left + i * step, y = (n) => top + high - (high * n) / most;
    const bar = (name, from, n, inset) => {
      if (n > 0) picture.append(svg('rect', {
        x: x + step * inset, y: y(from + n), width: step * (1 - 2 * inset), height: Math.max(1, y(from) - y(from + n)), class: name,
      }));
    };
    bar('sent', 0, slot.sent, 0.06);
    let from = 0;
    for (const [name] of PARTS) { bar(name, from, slot[name], 0.25); from += slot[name]; }
    if (slot.mark) picture.append(svg('text', { x: x + step / 2, y: top + high + 15, 'text-anchor': 'middle' }, slot.mark));
    const rate = rateOf(slot);
    if (rate === null) line += ' ';
    else {
      line += (line === '' || line.slice(-1) === ' ' ? 'M' : 'L') + (x + step / 2).toFixed(1) + ',' + heightOf(rate).toFixed(1);
      const dot = { cx: x + step / 2, cy: heightOf(rate), r: rate < 0.95 ? 3.4 : 2.2, class: rate < 0.95 ? 'dot low' : 'dot' };
      picture.append(svg('circle', dot));
    }
    const touch = svg('rect', { x, y: top, width: step, height: below + low - top, class: 'touch' });
    const words = PARTS.map(([name, chinese, english]) => t(chinese, english) + ' ' + count(slot[name]));
    touch.append(svg('title', {}, [slot.label, t('受理', 'accepted') + ' ' + count(slot.sent), ...words,
      t('送达率', 'delivery rate') + ' ' + percent(rate)].join('\n')));
    picture.append(touch);
  });
  picture.append(svg('path', { d: line.trim() || 'M0,0', class: 'rate' }));
  const box = make('div'), legend = make('div', 'legend');
  for (const [name, chinese, english] of [['sent', '平台受理', 'accepted'], ...PARTS]) {
    const entry = make('span');
    entry.append(make('i', name), t(chinese, english));
    legend.append(entry);
  }
  legend.append(make('span', '', t('下：送达率，虚线为 95 %', 'below: delivery rate, 95 % dashed')));
  box.append(picture, legend);
  return box;
}

const NONE = { sent: 0, delivered: 0, undelivered: 0, refused: 0 };
const two = (n) => String(n).padStart(2, '0');
/** Local times of the database are counted with as if they were UTC: only their differences matter. */
const parse = (text) => Date.parse(text.slice(0, 10) + 'T' + text.slice(11, 13) + ':00:00Z');
const hourText = (ms) => new Date(ms).toISOString().slice(0, 13).replace('T', ' ');

function hourSlots(hours, now, many) {
  const known = new Map(hours.map((h) => [h.hour, h]));
  return Array.from({ length: many }, (_, i) => {
    const hour = hourText(parse(now) - (many - 1 - i) * 3600000);
    const clock = Number(hour.slice(11));
    const mark = clock === 0 ? hour.slice(5, 10) : clock % 6 === 0 ? two(clock) : '';
    return Object.assign({}, NONE, known.get(hour), { label: hour + ':00', mark });
  });
}

function daySlots(hours, now, many) {
  const days = new Map();
  for (const h of hours) {
    const day = days.get(h.hour.slice(0, 10)) || Object.assign({}, NONE);
    for (const name of Object.keys(NONE)) day[name] += h[name];
    days.set(h.hour.slice(0, 10), day);
  }
  return Array.from({ length: many }, (_, i) => {
    const day = hourText(parse(now) - (many - 1 - i) * 86400000).slice(0, 10);
    return Object.assign({}, NONE, days.get(day), { label: day, mark: (many - 1 - i) % 5 === 0 ? day.slice(5) : '' });
  });
}
`;
