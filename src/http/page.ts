import { both, ownPagePolicy } from '../lib/own-page.ts';
import { DRAWING } from './page-drawing.ts';
import { SCRIPT } from './page-script.ts';
import { SECTIONS } from './page-sections.ts';
import { STYLE } from './page-style.ts';
import type { Reply } from './reply.ts';

const CODE = `'use strict';\n(() => {\n${DRAWING}${SECTIONS}${SCRIPT}\n})();`;

const POLICY = ownPagePolicy(STYLE, CODE);

const HTML = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>yxt-mw</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1>yxt-mw</h1>
  <span class="soft" id="instance"></span>
  <span class="badge" id="state" role="status"></span>
  <span class="space"></span>
  <span class="soft" id="you"></span>
  <button type="button" id="leave" hidden ${both('退出', 'Sign out')}></button>
  <button type="button" id="language" ${both('English', '中文')}></button>
</header>
<form id="login" class="card" hidden autocomplete="off">
  <h2 ${both('访问令牌', 'Access token')}></h2>
  <p class="soft" ${both('即配置里的 http.token，或 http.tokens 中自己的那一个。只留在本标签页里，关掉即忘。', 'http.token of the configuration, or your own one of http.tokens. It stays in this tab and is forgotten with it.')}></p>
  <input id="token" type="password" aria-label="token" required autocomplete="off" spellcheck="false">
  <button class="main" ${both('进入', 'Enter')}></button>
  <p class="note" id="refused" role="alert"></p>
</form>
<main id="board" hidden>
  <div class="alarm" id="alarm" role="alert" hidden></div>
  <section class="tiles" id="tiles"></section>
  <section class="card control">
    <h2 ${both('发送', 'Sending')}></h2>
    <span id="channel"></span>
    <span class="space"></span>
    <button type="button" id="pause" ${both('暂停', 'Pause')}></button>
    <button type="button" id="resume" ${both('恢复', 'Resume')}></button>
  </section>
  <section class="card">
    <h2 ${both('最近 48 小时', 'Last 48 hours')}></h2>
    <div id="hours"></div>
  </section>
  <section class="card">
    <h2 ${both('最近 31 天', 'Last 31 days')}></h2>
    <div id="days"></div>
  </section>
  <div class="column">
    <section class="card">
      <h2 ${both('积压：类别与已等时间', 'Backlog: category and how long it has waited')}></h2>
      <div class="scroll" id="backlog"></div>
    </section>
    <section class="card">
      <h2 ${both('守护进程', 'Daemons')}></h2>
      <div class="scroll" id="daemons"></div>
    </section>
    <section class="card">
      <h2 ${both('查一行', 'One row')}></h2>
      <form id="find"><input id="id" inputmode="numeric" pattern="[0-9]{1,19}" required placeholder="id" aria-label="id">
        <button ${both('说明', 'Explain')}></button></form>
      <div id="story" aria-live="polite"></div>
    </section>
  </div>
  <section class="card">
    <h2 ${both('问题：最近的 2000 行与全部等人处理的', 'Problems: the newest 2,000 rows, and all that wait for a person')}></h2>
    <div class="scroll" id="problems"></div>
  </section>
</main>
<footer class="soft" id="footer"></footer>
<dialog id="dialog"><form method="dialog">
  <p id="question"></p>
  <input id="reason" maxlength="200" hidden>
  <progress id="progress" hidden></progress>
  <div class="right"><button type="button" id="no" ${both('取消', 'Cancel')}></button> <button class="main" value="yes" id="yes"></button></div>
</form></dialog>
<script>${CODE}</script>
</body>
</html>
`;

/** The page without anything on it: what it shows it fetches with the token that is typed into it. */
export const PAGE: Reply = {
  status: 200,
  type: 'text/html; charset=utf-8',
  body: HTML,
  headers: { 'Content-Security-Policy': POLICY },
};
