/** The part of the page's script that fills its sections from `board` and `story`. */
export const SECTIONS = String.raw`
function tile(name, value, level) {
  const box = make('div', 'card tile' + (level ? ' ' + level : ''));
  box.append(make('b', '', value), make('span', '', name));
  return box;
}

function showTiles() {
  const rows = board.rows || {}, now = board.now;
  const today = Object.assign({}, NONE);
  for (const h of board.hours || []) {
    if (now && h.hour.slice(0, 10) === now.slice(0, 10)) for (const name of Object.keys(NONE)) today[name] += h[name];
  }
  const rate = rateOf(today);
  byId('tiles').replaceChildren(
    tile(t('等待发送', 'waiting'), count(rows.waiting, board.cap)),
    tile(t('最早一条已等', 'oldest has waited'), rows.waiting ? span(rows.oldestMs) : '–', rows.oldestMs > 1800000 ? 'warn' : ''),
    tile(t('近一分钟发送', 'sent in a minute'), count(sum('sentMinute'))),
    tile(t('今日受理', 'accepted today'), board.hours ? count(today.sent) : '–'),
    tile(t('今日送达率', 'delivery rate today'), percent(rate), rate !== null && rate < 0.95 ? 'bad' : ''),
    tile(t('今日未发出', 'not sent today'), count(today.refused), today.refused > 0 ? 'warn' : ''),
    tile(t('等人处理', 'wait for a person'), count(rows.held, board.cap), rows.held > 0 ? 'bad' : ''),
    tile(t('未到时间', 'not yet due'), count(rows.scheduled, board.cap)),
  );
}

/** Others are shown no buttons that the daemon would refuse them. */
const mayOperate = () => board.you.role === 'operate';

const alive = (d) => d.state !== 'STOPPED' && d.silentMs < 30000;
const sum = (name) => (board.daemons ? board.daemons.filter(alive).reduce((all, d) => all + d[name], 0) : board[name]);

const BANDS = [['1m', '1 分钟内', 'under 1 min'], ['10m', '10 分钟内', '10 min'], ['1h', '1 小时内', '1 h'], ['1d', '1 天内', '1 d'], ['older', '更久', 'older']];
function showBacklog() {
  const counts = board.backlog || [];
  const names = [...new Set(counts.map((c) => c.category))];
  if (names.length === 0) return byId('backlog').replaceChildren(make('p', 'empty', board.backlog ? t('没有积压。', 'None.') : '–'));
  const of = (name, age) => counts.filter((c) => c.category === name && (!age || c.age === age)).reduce((n, c) => n + c.rows, 0);
  names.sort((a, b) => of(b) - of(a));
  const most = Math.max(...counts.map((c) => c.rows));
  const rows = names.map((name) => [[name === '*' ? t('其他', 'others') : name], ...BANDS.map(([age], i) => {
    const n = of(name, age), cell = make('td', 'n heat', n ? count(n) : '·');
    if (n) cell.style.background = 'rgba(' + (i < 2 ? '31,111,235' : i < 3 ? '224,150,20' : '214,60,90') + ',' + (0.1 + 0.35 * n / most) + ')';
    return cell;
  }), [count(of(name), board.cap), 'n']]);
  byId('backlog').replaceChildren(tableOf([[t('类别', 'category')], ...BANDS.map(([, c, e]) => [t(c, e), 'n']), [t('合计', 'all'), 'n']], rows));
}

function showProblems() {
  const problems = board.problems || [];
  if (problems.length === 0) return byId('problems').replaceChildren(make('p', 'empty', board.problems ? t('没有。', 'None.') : '–'));
  byId('problems').replaceChildren(tableOf([[t('原因与办法', 'cause and remedy')], [t('行数', 'rows'), 'n']], problems.map((p) => {
    const why = make('td');
    const pill = make('span', 'pill' + (p.status === 'HELD' ? ' held' : p.status === 'FAILED' ? ' bad' : ''), p.status);
    why.append(pill, ' ', make('b', '', p.code), ' ' + say(p.meaning), make('span', 'sub', say(p.remedy)));
    const ids = make('span', 'sub', t('最近：', 'newest: '));
    for (const id of p.ids) {
      const link = make('button', 'link', id);
      link.type = 'button';
      link.addEventListener('click', () => { byId('id').value = id; act(() => tell(id)); });
      ids.append(link);
    }
    why.append(ids);
    if (p.status === 'HELD' && mayOperate()) {
      const all = make('span', 'deeds');
      for (const deed of ['release', 'discard']) all.append(deedButton(ALL[deed], () => decideAll(deed, p.code)));
      why.append(all);
    }
    return [why, [count(p.rows, p.more ? p.rows : 0), 'n']];
  })));
}

function showDaemons() {
  const rows = (board.daemons || []).map((d) => {
    const state = make('td');
    const dead = d.state !== 'STOPPED' && !alive(d);
    state.append(make('span', 'pill' + (dead ? ' bad' : ''), dead ? t('失联', 'silent') : d.state), make('span', 'sub', span(d.silentMs) + t('前', ' ago')));
    const name = make('td', '', d.instance);
    name.append(make('span', 'sub', d.host + ' · ' + d.version));
    // the channel's state is one sentence in the language of that daemon
    const closed = d.channelState !== 'OPEN' && d.channelState !== '';
    const said = make('td', 'said', d.trouble ? say(d.trouble) : closed ? t('通道关闭', 'channel closed') : t('正常', 'well'));
    if (closed && !d.trouble) said.append(make('span', 'sub', d.channelState));
    return [name, state, [count(d.sentMinute), 'n'], [count(d.sentToday), 'n'], said];
  });
  byId('daemons').replaceChildren(rows.length === 0 ? make('p', 'empty', '–') : tableOf(
    [[t('名称', 'name')], [t('状态', 'state')], [t('近一分钟', 'last minute'), 'n'], [t('今日', 'today'), 'n'], [t('情况', 'how it is')]], rows));
}

async function tell(id) {
  story = await ask('/api/rows/' + id);
  show();
  byId('story').scrollIntoView({ block: 'nearest' });
}

function showStory() {
  const box = byId('story');
  if (!story) return box.replaceChildren();
  const length = story.characters === null ? '' : t(story.characters + ' 字', story.characters + ' characters');
  const head = make('p');
  head.append(make('span', 'pill' + (story.status === 'HELD' ? ' held' : ''), story.status), ' ' + [story.id, story.phone, story.content || length, story.template].filter(Boolean).join(' · '));
  const list = make('ol');
  for (const event of story.events) {
    const item = make('li');
    item.append(make('span', 'at', event.at.slice(0, 19)), say(event.text));
    list.append(item);
  }
  const parts = [head, list, make('p', 'why', say(story.reason.text))];
  if (story.reason.todo) parts.push(make('p', '', say(story.reason.todo)));
  if (story.resultText) parts.push(make('p', 'soft', t('行内说明：', 'Row says: ') + story.resultText));
  for (const verdict of story.verdicts) {
    if (verdict.fate !== 'fine') parts.push(make('p', 'soft', say(verdict.rule) + ': ' + say(verdict.text)));
  }
  if (story.status === 'HELD' && mayOperate()) {
    const deeds = make('p', 'deeds');
    for (const deed of ['release', 'discard']) deeds.append(deedButton(ONE[deed], () => decideOne(deed)));
    parts.push(deeds);
  }
  box.replaceChildren(...parts);
}

const ONE = { release: ['放行', 'Release'], discard: ['弃发', 'Discard'] };
const ALL = { release: ['全部放行', 'Release all'], discard: ['全部弃发', 'Discard all'] };
const DONE = { release: ['已放行 ', ' released'], discard: ['已弃发 ', ' discarded'] };
const rowsOf = (n) => count(n) + t(' 行', n === 1 ? ' row' : ' rows');

function deedButton([chinese, english], work) {
  const button = make('button', '', t(chinese, english));
  button.type = 'button';
  button.addEventListener('click', () => act(work));
  return button;
}

async function decideOne(deed) {
  const { id, mayDouble } = story;
  const warning = mayDouble ? t('\n它可能已经发出过，放行可能让市民收到两次。', '\nIt may have gone out already: the citizen may get it twice.') : '';
  const question = deed === 'release'
    ? t('放行第 ' + id + ' 行，重新发送？', 'Release row ' + id + ' and send it?') + warning
    : t('第 ' + id + ' 行不再发送，记为 CANCELLED？', 'Drop row ' + id + ' for good? It becomes CANCELLED.');
  if ((await confirmed(question, t(...ONE[deed]), { grave: deed === 'discard' })) === null) return;
  await ask('/api/rows/' + id + '/' + deed, {});
  await tell(id);
}

/** To all rows that are held for one cause: to no more of them than the person was told. */
async function decideAll(deed, code) {
  const found = await ask('/api/held/count', { code });
  if (found.rows === 0) throw new Error(t('已经没有' + heldFor(code) + '行。', 'No row is ' + heldFor(code) + ' any more.'));
  if ((await confirmed(questionOf(deed, code, found), t(...ALL[deed]), { grave: deed === 'discard' })) === null) return;
  const mark = code === '' ? '' : ' · ' + code;
  const seen = progressOf(t(...ALL[deed]) + mark, found.rows);
  const sum = { changed: 0, mayDouble: 0, refused: 0 };
  let left = found.rows, after = null, fault = '';
  try {
    do {
      const most = Math.min(left, CALL_ROWS);
      const step = await ask('/api/held/' + deed, { code, after, most });
      for (const name of Object.keys(sum)) sum[name] += step[name];
      left -= most;
      after = step.next;
      byId('progress').value = found.rows - left;
      byId('question').textContent = t(...ALL[deed]) + mark + '\n' + count(found.rows - left) + ' / ' + rowsOf(found.rows);
    } while (after !== null && left > 0 && !seen.stopped);
  } catch (error) {
    if (token === '') throw error;
    fault = error.message;
  }
  await told([
    zh ? DONE[deed][0] + rowsOf(sum.changed) : rowsOf(sum.changed) + DONE[deed][1],
    sum.mayDouble > 0 && deed === 'release' ? doubleText(sum.mayDouble) : '',
    sum.refused > 0 ? t(rowsOf(sum.refused) + '被数据库挡住，未改', rowsOf(sum.refused) + ' left as they are: the database refuses the change') : '',
    seen.stopped && left > 0 && after !== null ? t('已停下，其余未动。', 'Stopped; the rest is as it was.') : '',
    fault,
  ].filter(Boolean).join('\n'));
}

// of rows held by hand nobody has written down why
const heldFor = (code) => (code === '' ? t('没有写明原因、等人处理的', 'held without a stated cause')
  : t('因 ' + code + ' 等人处理的', 'held for ' + code));

const CALL_ROWS = 1000;
const doubleText = (n) => t('其中 ' + rowsOf(n) + '可能已经发出过，市民可能收到两次。', rowsOf(n) + ' of these may have gone out before: the citizen may get it twice.');

function questionOf(deed, code, found) {
  const which = found.more
    ? t('最早的 ' + rowsOf(found.rows) + '（一次最多这么多）', 'the first ' + rowsOf(found.rows) + ' (the most at once)')
    : t('全部 ' + rowsOf(found.rows), found.rows === 1 ? 'the one row' : 'all ' + rowsOf(found.rows));
  return deed === 'release'
    ? t('放行' + heldFor(code) + which + '，重新发送？', 'Release ' + which + ' ' + heldFor(code) + ' and send them?')
      + (found.mayDouble > 0 ? '\n' + doubleText(found.mayDouble) : '')
    : t(heldFor(code) + which + '不再发送，记为 CANCELLED？此后要发只能用 yxt-mw retry。',
        'Drop ' + which + ' ' + heldFor(code) + '? They become CANCELLED; only yxt-mw retry sends them after that.');
}
`;
