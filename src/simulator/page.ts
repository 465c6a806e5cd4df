import { both, ownPagePolicy } from '../lib/own-page.ts';
import { SCRIPT } from './page-script.ts';
import { STYLE } from './page-style.ts';

export const PAGE_POLICY = ownPagePolicy(STYLE, SCRIPT);

/** The page at the control port: phones with their messages, a citizen's keyboard, counters and faults. One file, no other resource. */
export const PAGE = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>一信通模拟平台</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1 ${both('一信通模拟平台', 'Simulated 一信通 platform')}></h1>
  <span class="badge lost" id="state" role="status"></span>
  <span class="space"></span>
  <button type="button" id="unlock" hidden ${both('解锁账号', 'Unlock the account')}></button>
  <button type="button" id="power"></button>
  <button type="button" id="language" ${both('English', '中文')}></button>
</header>
<main>
  <aside>
    <form class="card" id="mo">
      <h2 ${both('以市民身份发短信', 'Write as a citizen')}></h2>
      <div class="pair">
        <label><span ${both('手机号码', 'from number')}></span>
          <input id="number" inputmode="tel" required pattern="\\+?[0-9]{3,20}" value="13000000001"></label>
        <label><span ${both('扩展号', 'extension')}></span><input id="ext" inputmode="numeric" pattern="[0-9]*" maxlength="10"></label>
      </div>
      <label><span ${both('内容', 'text')}></span><textarea id="content" required maxlength="500"></textarea></label>
      <button class="main" ${both('发送', 'Send')}></button>
      <p class="note" id="note" aria-live="polite"></p>
    </form>
    <div class="card">
      <h2 ${both('故障', 'Faults')}></h2>
      <div class="faults" id="faults"></div>
      <p class="note"><button type="button" id="clear" ${both('清除全部故障', 'Clear all faults')}></button></p>
    </div>
  </aside>
  <div>
    <div class="numbers" id="numbers">
      <div class="card number chart">
        <div><b id="speed">0</b><span ${both('短信/秒', 'messages per second')}></span></div>
        <svg viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true"><path class="area" id="area"/><path id="line"/></svg>
      </div>
    </div>
    <div class="empty" id="empty" ${both('还没有短信。发到平台的短信会出现在这里的手机上。', 'No messages yet. What is sent to the platform appears on phones here.')}></div>
    <div class="phones" id="phones"></div>
  </div>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
