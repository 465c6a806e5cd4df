import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { figuresOf } from '../../src/http/figures.ts';
import { openMetrics } from '../../src/http/metrics.ts';
import { httpBench, type HttpBench } from '../support/http.ts';
import { need } from '../support/service.ts';
import { temporaryDir } from '../support/temporary.ts';

const MONITORING = join(import.meta.dirname, '../../docs/monitoring');

describe('metrics', () => {
  let bench: HttpBench;
  beforeEach(async () => {
    bench = await httpBench();
  });
  afterEach(() => bench.close());
  const scrape = async (): Promise<string> => (await bench.ask('/metrics')).text();

  it('count what was sent, refused and received, and how long calls took', async () => {
    const { counters } = bench;
    counters.settled(new Map([['SENT', 3], ['FAILED', 1]])); // prettier-ignore
    counters.settled(new Map([['SENT', 2]]));
    counters.claimed({ refused: new Map([['BAD_PHONE', 4], ['QUIET_HOURS', 2]]), ended: 4 }); // prettier-ignore
    counters.receipts({ delivered: 4, undelivered: 1, kept: 0, repeated: 0, late: 0, parked: 0, unreadable: 0 });
    counters.totals.called('send', '0', 0.03);
    counters.totals.called('send', 'doubtful', 15);
    counters.totals.called('send', 'surprise!', 0.2);
    counters.totals.databaseErrors.add('lost');
    const text = await scrape();
    for (const line of [
      'yxt_mw_rows_sent_total 5',
      'yxt_mw_rows_unsent_total{status="FAILED"} 1',
      'yxt_mw_rows_refused_total{code="BAD_PHONE"} 4',
      'yxt_mw_receipts_total{result="delivered"} 4',
      'yxt_mw_receipts_total{result="undelivered"} 1',
      'yxt_mw_platform_calls_total{call="send",result="0"} 1',
      'yxt_mw_platform_calls_total{call="send",result="other"} 1',
      'yxt_mw_platform_call_duration_seconds_bucket{le="0.05",call="send"} 1',
      'yxt_mw_platform_call_duration_seconds_count{call="send"} 3',
      'yxt_mw_database_errors_total{kind="lost"} 1',
      'yxt_mw_channel_open 1',
      'yxt_mw_database_up 1',
      'yxt_mw_heartbeat_age_seconds 1',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line} in\n${text}`);
    }
    counters.settled(new Map([['SENT', 1]]));
    assert.match(await scrape(), /^yxt_mw_rows_sent_total 6$/m, 'the next scrape has the next number');
    assert.deepEqual(
      [counters.hours.unwritten().map(({ sent, refused, delivered }) => [sent, refused, delivered])],
      [[[6, 5, 4]]],
    );
  });

  it('tell the backlog by category and age, and a closed channel by its code', async () => {
    await bench.db.rawQuery(
      `INSERT INTO sms_outbox (phone, content, category, created_at) VALUES
        ('13000000001', 'x', 'CARD', '2026-01-01 00:00:00'), ('13000000002', 'x', 'CARD', '2026-01-01 00:00:00')`,
    );
    for (let i = 0; i < 30; i++) {
      await bench.db.rawQuery('INSERT INTO sms_outbox (phone, content, category) VALUES (?, ?, ?)', [
        ...[`130${String(i).padStart(8, '0')}`, 'x', `C${i}`],
      ]);
    }
    bench.closed = { code: '13', text: { zh: '没钱', en: 'no money' } };
    const text = await scrape();
    assert.match(text, /^yxt_mw_backlog_rows\{category="CARD",age="older"\} 2$/m);
    assert.match(text, /^yxt_mw_backlog_rows\{category="\*",age="1m"\} 19$/m);
    assert.equal(text.match(/^yxt_mw_backlog_rows/gm)?.length, 13, 'however many categories there are');
    assert.match(text, /^yxt_mw_channel_closed\{code="13"\} 1$/m);
    assert.match(text, /^yxt_mw_rows_waiting 32$/m);
    assert.doesNotMatch(text, /130\d{8}/);
    bench.closed = null;
    assert.doesNotMatch(await scrape(), /^yxt_mw_channel_closed\{/m);
  });

  it('are well-formed for promtool', async function () {
    need('promtool', this);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: await scrape() });
    assert.equal(status, 0, `${stdout.toString()}${stderr.toString()}`);
  });

  it('are all that dashboard and alert rules ask for', () => {
    const { names } = openMetrics(bench.parts, figuresOf(bench.parts));
    for (const file of ['alerts.yaml', 'grafana-dashboard.json']) {
      const asked = readFileSync(join(MONITORING, file), 'utf8').match(/\byxt_mw_[a-z_]+/g) ?? [];
      assert.ok(asked.length > 10, file);
      for (const name of asked) assert.ok(names.includes(name.replace(/_(bucket|sum|count)$/, '')), `${file}: ${name}`);
    }
  });
});

describe('docs/monitoring', () => {
  interface Rule {
    alert: string;
    expr: string;
    labels: { severity: string };
    annotations: { summary: string; description: string };
  }

  it('alert rules say how bad it is and what to do', () => {
    const { groups } = parse(readFileSync(join(MONITORING, 'alerts.yaml'), 'utf8')) as { groups: { rules: Rule[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    assert.ok(rules.length >= 10);
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
    for (const { alert, expr, labels, annotations } of rules) {
      assert.match(labels.severity, /^(critical|warning)$/, alert);
      assert.match(annotations.summary, /\p{Script=Han}.*\/ .*[a-z]/u, alert);
      assert.ok(annotations.description.length > 10, alert);
      assert.equal(expr.split('(').length, expr.split(')').length, alert);
    }
  });

  it('alert rules pass promtool', function () {
    need('promtool', this);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', join(MONITORING, 'alerts.yaml')]);
    assert.equal(status, 0, `${stdout.toString()}${stderr.toString()}`);
  });

  it('the dashboard’s questions pass promtool', function () {
    need('promtool', this);
    const text = readFileSync(join(MONITORING, 'grafana-dashboard.json'), 'utf8').replaceAll('$instance', '.*');
    const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
    const rules = panels.flatMap(({ targets }) => targets).map(({ expr }, i) => ({ record: `q${i}`, expr }));
    const file = join(temporaryDir(), 'rules.yaml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file]);
    assert.equal(status, 0, `${stdout.toString()}${stderr.toString()}`);
  });

  it('the dashboard is one that Grafana takes: panels with a place, a source and a question', () => {
    interface Panel {
      id: number;
      title: string;
      type: string;
      gridPos: { x: number; y: number; w: number; h: number };
      targets: { expr: string; refId: string }[];
    }
    const dashboard = JSON.parse(readFileSync(join(MONITORING, 'grafana-dashboard.json'), 'utf8')) as {
      title: string;
      schemaVersion: number;
      panels: Panel[];
    };
    assert.deepEqual([dashboard.title, typeof dashboard.schemaVersion], ['yxt-mw', 'number']);
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    for (const { title, gridPos, targets } of dashboard.panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      assert.ok(targets.length > 0 && targets.every(({ expr, refId }) => /yxt_mw_/.test(expr) && refId !== ''), title);
    }
  });
});
