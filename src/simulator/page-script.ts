/** Script of the page. Whatever was written by others (texts, numbers, errors) enters by textContent only. */
export const SCRIPT = String.raw`
'use strict';
const byId = (id) => document.getElementById(id);
// #zh or #en in the address wins, then what was chosen here before, then the browser's language
let zh = (location.hash.slice(1) || localStorage.getItem('lang') || (navigator.language || 'zh').slice(0, 2)) === 'zh';
let stats = null, phones = [], rules = [], connected = false;
const t = (chinese, english) => (zh ? chinese : english);
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

const NUMBERS = [
  ['accepted', '已接受短信', 'messages accepted'],
  ['maxPartsPerSecond', '每秒最多条数', 'peak per second'],
  ['refusedCalls', '被拒绝的提交', 'calls refused'],
  ['duplicateSerialAttempts', '流水号重复', 'duplicate serials'],
  ['doubledMessages', '重复短信', 'doubled messages', true],
  ['receiptsHandedOut', '已取走回执', 'receipts fetched'],
  ['unconfirmedMo', '待确认上行', 'MO unconfirmed'],
  ['balance', '剩余条数', 'balance'],
];
const FAULTS = [
  ['接受后断线 ×1', 'accept, then hang up ×1', { call: 'Send', next: 1, fault: 'accept-then-hangup' }],
  ['不应答 ×1', 'never answer ×1', { call: 'Send', next: 1, fault: 'hang', processed: true }],
  ['半个应答 ×1', 'half an answer ×1', { call: '*', next: 1, fault: 'cut' }],
  ['乱码应答 ×1', 'garbage answer ×1', { call: 'Send', next: 1, fault: 'garbage' }],
  ['提交太快 11', 'too fast: 11', { call: 'Send', fault: 'code', code: '11' }],
  ['余额不足 17', 'no money: 17', { call: 'Send', fault: 'code', code: '17' }],
  ['HTTP 502', 'HTTP 502', { call: '*', fault: 'http-5xx', status: 502 }],
  ['每次慢 3 秒', '3 s slow', { call: '*', fault: 'slow', ms: 3000 }],
];

async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body || {}),
  });
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error ? t(value.error.zh, value.error.en) : String(answer.status));
  return value;
}

function say(text, bad) {
  const note = byId('note');
  note.textContent = text;
  note.classList.toggle('bad', Boolean(bad));
}

async function act(work) {
  try { await work(); } catch (error) { say(error.message, true); }
}

async function write(phone, content, ext) {
  await post('/mo', { phone, content, ext });
  say(t('已发出，等待中间件来取。', 'Sent; it waits to be fetched.'));
}

const cells = new Map();
for (const [key] of NUMBERS) {
  const cell = make('div', 'card number');
  const value = make('b'), name = make('span');
  cell.append(value, name);
  byId('numbers').append(cell);
  cells.set(key, { cell, value, name });
}

function showSpeeds(speeds) {
  const most = Math.max(4, ...speeds);
  const points = speeds.map((speed, i) => (i * 100 / (speeds.length - 1)).toFixed(2) + ',' + (38 - speed * 35 / most).toFixed(2));
  const line = 'M' + points.join('L');
  byId('line').setAttribute('d', line);
  byId('area').setAttribute('d', line + 'L100,40L0,40Z');
  byId('speed').textContent = speeds[speeds.length - 1].toLocaleString();
}

const faultButtons = FAULTS.map(([chinese, english, rule]) => {
  const button = make('button');
  button.type = 'button';
  button.addEventListener('click', () => act(async () => {
    const wanted = JSON.stringify(rule);
    const others = rules.filter((other) => JSON.stringify(other) !== wanted);
    const off = others.length < rules.length && rule.next === undefined;
    rules = (await post('/faults', { rules: off ? others : [rule, ...others] })).rules;
    show();
  }));
  byId('faults').append(button);
  return { button, chinese, english, rule };
});

const cards = new Map();
function phoneCard(phone) {
  const card = make('section', 'phone');
  const top = make('div', 'top');
  top.append(make('b', '', phone));
  const list = make('ol');
  const form = make('form'), input = make('input'), button = make('button');
  input.maxLength = 500;
  form.append(input, button);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.value === '') return;
    act(async () => { await write(phone, input.value, ''); input.value = ''; });
  });
  card.append(top, list, form);
  return { card, list, input, button, shown: '' };
}

function time(at) {
  return new Date(at).toLocaleTimeString('zh-CN', { hour12: false });
}

function bubble(message) {
  const item = make('li', message.direction);
  item.append(make('div', 'bubble', message.text));
  const meta = make('div', 'meta', time(message.at));
  if (message.extNo) meta.append(' · ' + t('扩展 ', 'ext ') + message.extNo);
  if (message.parts > 1) meta.append(' · ' + message.parts + t(' 条', ' parts'));
  if (message.status === '0') meta.append(' · ', make('span', 'good', t('已送达', 'delivered')));
  else if (message.status) meta.append(' · ', make('span', 'bad', t('未送达 ', 'failed ') + message.status));
  item.append(meta);
  return item;
}

function showPhones() {
  const numbers = new Set(phones.map((phone) => phone.number));
  for (const [number, item] of cards) {
    if (!numbers.has(number)) { item.card.remove(); cards.delete(number); }
  }
  let place = 0;
  const shelf = byId('phones');
  for (const { number, messages } of phones) {
    let item = cards.get(number);
    if (!item) { item = phoneCard(number); cards.set(number, item); }
    const busy = item.card.contains(document.activeElement);
    // a card that is being typed in stays where it is: moving it would take the cursor away
    if (shelf.children[place] !== item.card && !(busy && item.card.isConnected)) {
      shelf.insertBefore(item.card, shelf.children[place] || null);
    }
    place++;
    const shown = zh + messages.map((message) => message.seq + message.status).join();
    if (shown !== item.shown) { item.list.replaceChildren(...messages.map(bubble)); item.shown = shown; }
    item.input.placeholder = t('以此号码回复…', 'reply from here…');
    item.input.setAttribute('aria-label', item.input.placeholder);
    item.button.textContent = t('发送', 'Send');
  }
  byId('empty').hidden = phones.length > 0;
}

function show() {
  document.documentElement.lang = zh ? 'zh-CN' : 'en';
  document.title = t('一信通模拟平台', 'Simulated 一信通 platform');
  for (const element of document.querySelectorAll('[data-zh]')) {
    element.textContent = zh ? element.dataset.zh : element.dataset.en;
  }
  byId('content').placeholder = t('例如：SBYE#6222000000000001', 'for example SBYE#6222000000000001');
  if (stats) {
    const values = { ...stats, refusedCalls: Object.values(stats.refused).reduce((sum, n) => sum + n, 0) };
    for (const [key, chinese, english, alarming] of NUMBERS) {
      const { cell, value, name } = cells.get(key);
      value.textContent = values[key].toLocaleString();
      name.textContent = t(chinese, english);
      cell.classList.toggle('bad', Boolean(alarming && values[key] > 0));
    }
    const codes = Object.entries(stats.refused).map(([code, n]) => code + ' × ' + n).join(', ');
    cells.get('refusedCalls').cell.title = codes;
    byId('power').textContent = stats.down ? t('恢复平台', 'Bring it up') : t('平台停机', 'Take it down');
    byId('power').classList.toggle('on', stats.down);
    byId('unlock').hidden = !stats.locked;
  }
  for (const { button, chinese, english, rule } of faultButtons) {
    button.textContent = t(chinese, english);
    button.classList.toggle('on', rules.some((other) => JSON.stringify(other) === JSON.stringify(rule)));
  }
  const state = byId('state');
  const lost = !connected, isDown = Boolean(stats && stats.down);
  state.className = 'badge' + (lost ? ' lost' : isDown ? ' down' : rules.length ? ' faulty' : '');
  state.textContent = lost ? t('连接中断', 'not connected') : isDown ? t('已停机', 'down')
    : rules.length ? t('有故障设置', 'faults set') : t('运行中', 'running');
  showPhones();
}

byId('language').addEventListener('click', () => {
  zh = !zh;
  localStorage.setItem('lang', zh ? 'zh' : 'en');
  show();
});
byId('mo').addEventListener('submit', (event) => {
  event.preventDefault();
  act(async () => {
    await write(byId('number').value.trim(), byId('content').value, byId('ext').value.trim());
    byId('content').value = '';
  });
});
byId('power').addEventListener('click', () => act(() => post(stats && stats.down ? '/up' : '/down')));
byId('unlock').addEventListener('click', () => act(() => post('/unlock')));
byId('clear').addEventListener('click', () => act(async () => {
  rules = (await post('/faults', { rules: [] })).rules;
  show();
}));

const events = new EventSource('/events?page=1');
events.addEventListener('open', () => { connected = true; });
events.addEventListener('error', () => { connected = false; show(); });
events.addEventListener('message', (event) => {
  stats = JSON.parse(event.data);
  ({ phones, rules } = stats);
  showSpeeds(stats.speeds);
  show();
});
show();
`;
