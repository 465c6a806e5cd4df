/** The part of the page's script that fetches, and does what is asked. */
export const SCRIPT = String.raw`
const EVERY_MS = 3000;
let token = sessionStorage.getItem('token') || '';
let board = null, story = null, fresh = 0, away = false;

async function ask(path, body) {
  const answer = await fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: Object.assign({ Authorization: 'Bearer ' + token }, body ? { 'Content-Type': 'application/json' } : {}),
    body: body ? JSON.stringify(body) : undefined,
    credentials: 'omit', cache: 'no-store',
  });
  const value = await answer.json();
  if (answer.status === 401) {
    leave(t('令牌不对。', 'Wrong token.'));
    throw new Error('401');
  }
  if (!answer.ok) throw new Error(value.error ? say(value.error) : String(answer.status));
  return value;
}

function leave(why) {
  token = '';
  sessionStorage.removeItem('token');
  board = story = null;
  byId('refused').textContent = why || '';
  show();
  byId('token').focus();
}

async function look() {
  if (token === '') return;
  try {
    board = await ask('/api/board');
    fresh = Date.now();
    sessionStorage.setItem('token', token);
    away = false;
  } catch (error) {
    away = token !== ''; // said by the badge, beside figures only once they have become old
  }
  show();
}

/** Rejects by a message in the alarm's place; what changed is looked at again at once. */
async function act(work) {
  try { await work(); } catch (error) { if (token !== '') await told(error.message); }
  await look();
}

/** Asks before a deed. Resolves with the reason where one is wanted, else ''; null: no. */
function confirmed(question, yes, { wantsReason = false, grave = false } = {}) {
  const reason = byId('reason');
  reason.hidden = !wantsReason;
  reason.required = wantsReason;
  reason.value = '';
  reason.placeholder = t('原因', 'why');
  return opened(question, yes, true, grave).then((answer) => (answer === 'yes' ? reason.value : null));
}

/** Says something that wants no answer. */
function told(words) {
  byId('reason').hidden = true;
  byId('reason').required = false;
  return opened(words, t('好', 'OK'), false);
}

async function opened(words, yes, mayRefuse, grave) {
  const dialog = byId('dialog');
  const closed = () => new Promise((done) => dialog.addEventListener('close', done, { once: true }));
  if (dialog.open) {
    const gone = closed();
    dialog.close();
    await gone;
  }
  byId('question').textContent = words;
  byId('yes').textContent = yes;
  byId('yes').className = grave ? 'main grave' : 'main';
  byId('no').hidden = !mayRefuse;
  byId('progress').hidden = true;
  dialog.returnValue = '';
  dialog.showModal();
  await closed();
  return dialog.returnValue;
}

/** How far a deed is, which whoever waits for it may stop. */
function progressOf(words, most) {
  const bar = byId('progress'), seen = { stopped: false };
  told(words).then(() => { seen.stopped = true; });
  byId('yes').textContent = t('停下', 'Stop');
  bar.hidden = false;
  bar.max = most;
  bar.value = 0;
  return seen;
}

function show() {
  document.documentElement.lang = zh ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-zh]')) element.textContent = zh ? element.dataset.zh : element.dataset.en;
  byId('login').hidden = token !== '';
  byId('leave').hidden = token === '';
  byId('board').hidden = board === null;
  const state = byId('state');
  const old = Date.now() - fresh > 5 * EVERY_MS;
  byId('board').classList.toggle('stale', old);
  if (!board) {
    state.className = 'badge' + (token !== '' && away ? ' bad' : '');
    state.textContent = token === '' ? t('未登录', 'signed out') : away ? t('守护进程没有应答', 'the daemon does not answer') : t('连接中', 'connecting');
    byId('instance').textContent = byId('you').textContent = byId('footer').textContent = '';
    return;
  }
  const reasons = [board.channel.reason, board.database.error, board.trouble].filter(Boolean).map(say);
  const well = reasons.length === 0;
  state.className = 'badge ' + (old || !board.channel.open || board.database.error ? 'bad' : well ? 'good' : 'warn');
  state.textContent = old ? t('连接中断', 'not connected') : board.database.error ? t('数据库断开', 'database down')
    : !board.channel.open ? t('通道关闭', 'channel closed') : well ? t('运行正常', 'running well') : t('有问题', 'trouble');
  document.title = (well && !old ? '' : '● ') + 'yxt-mw · ' + board.instance;
  byId('instance').textContent = board.instance;
  byId('you').textContent = board.you.name + (mayOperate() ? '' : t('（只可查看）', ' (read only)'));
  byId('pause').hidden = byId('resume').hidden = !mayOperate();
  byId('alarm').hidden = well;
  byId('alarm').textContent = [...new Set(reasons)].join('\n');
  const rate = board.rate === null ? t('不限速', 'no rate limit') : t('每秒 ' + board.rate + ' 条', board.rate + ' a second');
  const answer = board.answerMs === null ? '' : t('，平台 ' + Math.round(board.answerMs) + ' 毫秒应答', ', platform answers in ' + Math.round(board.answerMs) + ' ms');
  byId('resume').disabled = board.channel.open;
  byId('channel').textContent = (board.channel.open ? t('开放', 'open') : t('关闭', 'closed')) + t('，', ', ') + rate + answer;
  byId('footer').textContent = [board.database.version, t('版本 ', 'version ') + board.version, t('已运行 ', 'up ') + span(board.uptime * 1000),
    t('更新于 ', 'updated ') + new Date(fresh).toLocaleTimeString('zh-CN', { hour12: false })].filter(Boolean).join(' · ');
  const hour = (board.now || '').slice(0, 13);
  redraw('tiles', [board.rows, board.hours, board.daemons], showTiles);
  redraw('backlog', board.backlog, showBacklog);
  redraw('problems', [board.problems, board.you], showProblems);
  redraw('daemons', board.daemons, showDaemons);
  redraw('story', [story, board.you], showStory);
  if (board.hours && board.now) redraw('charts', [board.hours, hour, innerWidth], showCharts);
}

function showCharts() {
  const width = Math.max(280, byId('hours').clientWidth);
  byId('hours').replaceChildren(chart(hourSlots(board.hours, board.now, 48), width));
  byId('days').replaceChildren(chart(daySlots(board.hours, board.now, board.days), width));
}

const before = new Map();
/** What a mouse rests on, or a finger has selected, stays as long as nothing has changed. */
function redraw(name, value, draw) {
  const key = zh + JSON.stringify(value);
  if (before.get(name) === key) return;
  before.set(name, key);
  draw();
}

byId('no').addEventListener('click', () => byId('dialog').close(''));
byId('language').addEventListener('click', () => {
  zh = !zh;
  localStorage.setItem('lang', zh ? 'zh' : 'en');
  show();
});
addEventListener('resize', show);
byId('leave').addEventListener('click', () => leave());
byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  token = byId('token').value.trim();
  byId('token').value = byId('refused').textContent = '';
  // a header carries nothing else
  if (/^[!-~]+$/.test(token)) look();
  else leave(t('令牌里有空格、中文或全角字符：请原样粘贴。', 'There are blanks or other than ASCII characters in this token: paste it as it is.'));
});
byId('find').addEventListener('submit', (event) => {
  event.preventDefault();
  act(() => tell(byId('id').value));
});
byId('pause').addEventListener('click', () => act(async () => {
  const reason = await confirmed(t('暂停全部守护进程的发送？回执与来信照常。', 'Stop sending on all daemons? Receipts and citizens’ messages go on.'), t('暂停', 'Pause'), { wantsReason: true });
  if (reason !== null) await ask('/api/pause', { reason });
}));
byId('resume').addEventListener('click', () => act(async () => {
  const waiting = board.rows ? count(board.rows.waiting, board.cap) : '?';
  const yes = await confirmed(t('恢复发送？有 ' + waiting + ' 行在等，时限从现在重新起算。', 'Send again? ' + waiting + ' rows wait; their age counts anew from now.'), t('恢复', 'Resume'));
  if (yes !== null) await ask('/api/resume', {});
}));

(async () => {
  show();
  if (token === '') byId('token').focus();
  for (;;) {
    if (!document.hidden) await look();
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
})();
`;
