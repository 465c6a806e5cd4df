import type { Listed, PolicyStore, TemplateRow } from './policy-store.ts';
import { byId, idOf, itself, num, sortedIds, str, text, type Db } from './rows.ts';
import { WHILE_HELD } from './outbox.ts';
import { PRIORITIES } from './probe.ts';
import { raw, sql, unindexed, type Sql } from './sql.ts';

type Verbs = Omit<PolicyStore, 'usage' | 'countUses' | 'pruneUsage' | 'statistics'>;

/** Templates, words, blacklist, and rows that a rule does not let out. */
export function policyVerbs({ engine, dialect, tables, eachRow }: Db): Verbs {
  const { template, word, blacklist, override, outbox } = tables;
  const later = dialect.after(raw('v.delay_ms'));
  const deferral = (column: string): Sql => sql`CASE WHEN v.delay_ms > 0 THEN ${later} ELSE ${raw(`o.${column}`)} END`;

  async function templates(): Promise<TemplateRow[]> {
    const rows = await engine.all(
      sql`SELECT t.code AS code, t.category AS category, t.body AS body, t.platform_template_id AS platform_id, t.enabled AS enabled
        FROM ${template} t ORDER BY t.code`,
    );
    return rows.map((row) => ({
      code: str(row['code']),
      category: text(row['category']),
      body: str(row['body']),
      platformId: text(row['platform_id']),
      enabled: num(row['enabled']) === 1,
    }));
  }

  const TEMPLATE = [
    { name: 'code', kind: 'word' },
    { name: 'category', kind: 'word' },
    { name: 'body', kind: 'text' },
    { name: 'platform_template_id', kind: 'word' },
    { name: 'enabled', kind: 'int' },
  ] as const;
  const values = (t: TemplateRow): (string | number | null)[] => [
    ...[t.code, t.category, t.body, t.platformId, t.enabled ? 1 : 0],
  ];

  return {
    async policyMark() {
      const sum = (table: Sql, ...columns: string[]): Sql =>
        sql`(SELECT SUM(CAST(${dialect.checksum(...columns.map((column) => raw(`x.${column}`)))} AS DECIMAL(38, 0))) FROM ${table} x)`;
      // a row for each rule that is set aside, one without any: one statement tells all
      const rows = await engine.all(
        sql`SELECT m.templates, m.template_sum, m.words, m.word_sum, m.listed, r.rule_name AS rule_name, r.reason AS reason,
          ${dialect.msBetween(dialect.now, raw('r.until_at'))} AS in_ms
          FROM (SELECT (SELECT COUNT(*) FROM ${template} x) AS templates, ${sum(template, ...TEMPLATE.map(({ name }) => name))} AS template_sum,
          (SELECT COUNT(*) FROM ${word} x) AS words, ${sum(word, 'word')} AS word_sum,
          (SELECT COUNT(*) FROM (${dialect.limited(sql`SELECT x.phone FROM ${blacklist} x`, 1)}) y) AS listed FROM ${dialect.oneRow}) m
          LEFT JOIN ${override} r ON r.until_at > ${dialect.now}`,
      );
      const [row = {}] = rows;
      return {
        mark: ['templates', 'template_sum', 'words', 'word_sum'].map((name) => String(row[name])).join(' '),
        blacklist: num(row['listed']) > 0,
        overrides: rows
          .filter((each) => each['rule_name'] !== null)
          .map((each) => ({ rule: str(each['rule_name']), reason: str(each['reason']), untilInMs: num(each['in_ms']) }))
          .filter(({ untilInMs }) => untilInMs > 0),
      };
    },

    async policyTables() {
      const words = await engine.all(sql`SELECT w.word AS word FROM ${word} w ORDER BY w.word`);
      return { templates: await templates(), words: words.map((row) => str(row['word'])) };
    },

    async blacklisted(phones) {
      if (phones.length === 0) return new Map();
      const rows = await engine.all(
        sql`SELECT b.phone AS phone, b.reason AS reason, b.origin AS origin FROM ${blacklist} b
          WHERE ${dialect.inList(raw('b.phone'), 'serial', [...new Set(phones)])}`,
      );
      return new Map(
        rows.map((row) => [
          str(row['phone']),
          { phone: str(row['phone']), reason: text(row['reason']), origin: str(row['origin']) as Listed['origin'] },
        ]),
      );
    },

    async addToBlacklist(listed) {
      if (listed.length === 0) return;
      const unique = new Map(listed.map((each) => [each.phone, each]));
      await engine.run(
        dialect.insert({
          table: blacklist,
          columns: [
            { name: 'phone', kind: 'serial' },
            { name: 'reason', kind: 'text' },
            { name: 'origin', kind: 'word' },
          ],
          rows: [...unique.values()]
            .sort((a, b) => (a.phone < b.phone ? -1 : 1))
            .map((each) => [each.phone, each.reason, each.origin]),
          constant: [],
          unlessThere: ['phone'],
        }),
      );
    },

    async turnAway(token, rows) {
      const statement = (part: typeof rows): Sql =>
        dialect.updateJoin({
          table: outbox,
          alias: 'o',
          columns: [
            { name: 'id', kind: 'id' },
            { name: 'status', kind: 'word' },
            { name: 'code', kind: 'word' },
            { name: 'sentence', kind: 'text' },
            { name: 'delay_ms', kind: 'int' },
            { name: 'back', kind: 'int' },
          ],
          rows: part.map((r) => [r.id, r.status, r.code, r.text, r.delayMs, r.requeued ? 1 : 0]),
          on: raw('o.id = v.id'),
          set: [
            ['status', raw('v.status')],
            ['result_code', raw('v.code')],
            ['result_text', raw('v.sentence')],
            ['serial_no', raw('NULL')], // that of this claim was never used; the one before it is in prev_serial
            ['claim_token', raw('NULL')],
            ['lease_until', raw('NULL')],
            ['overruled', WHILE_HELD],
            ['requeued', raw("CASE WHEN v.status = 'NEW' THEN v.back ELSE 0 END")],
            ['retry_at', deferral('retry_at')],
            ['age_from', deferral('age_from')],
          ],
          where: sql`o.claim_token = ${token} AND o.status = 'SENDING'`,
        });
      const { done } = await eachRow(byId(rows), idOf, (part) => engine.run(statement(part)));
      return done;
    },

    async hasten(code, limit) {
      const index = tables.index('outbox', 'claim');
      const ranges = PRIORITIES.map((p) => {
        const { from, where } = dialect.waiting(outbox, index, raw(String(p)), 'scheduled', null);
        return sql`SELECT ${dialect.idText(raw('o.id'))} AS id FROM ${from} WHERE ${where} AND ${unindexed(sql`o.result_code = ${code}`)}`;
      });
      const rows = await engine.all(dialect.firstOf(ranges, limit));
      const { done } = await eachRow(sortedIds(rows.map((row) => str(row['id']))), itself, (part) =>
        engine.run(
          dialect.updateByKey(
            outbox,
            sql`retry_at = ${dialect.now}, age_from = ${dialect.now}`,
            sql`${dialect.inList(raw('id'), 'id', part)} AND ${unindexed(sql`status = 'NEW' AND result_code = ${code}`)}`,
          ),
        ),
      );
      return done;
    },

    templates,

    putTemplates: (rows, replace) =>
      engine.tx(async (session) => {
        const codes = rows.map(({ code }) => code).sort();
        const found = await session.all(
          sql`SELECT t.code AS code FROM ${template} t WHERE ${dialect.inList(raw('t.code'), 'word', codes)}`,
        );
        const there = new Set(found.map((row) => str(row['code'])));
        const fresh = rows.filter(({ code }) => !there.has(code));
        if (fresh.length > 0) {
          const columns = [...TEMPLATE];
          await session.run(dialect.insert({ table: template, columns, rows: fresh.map(values), constant: [] }));
        }
        for (const t of replace ? rows.filter(({ code }) => there.has(code)) : []) {
          await session.run(
            sql`UPDATE ${template} SET category = ${t.category}, body = ${dialect.text(t.body)}, platform_template_id = ${t.platformId},
              enabled = ${t.enabled ? 1 : 0} WHERE code = ${t.code}`,
          );
        }
        return replace ? [] : [...there];
      }),

    override: (rule, reason, ms) =>
      engine.tx(async (session) => {
        const until = dialect.after(sql`${ms}`);
        const changed = await session.run(
          sql`UPDATE ${override} SET reason = ${dialect.text(reason)}, until_at = ${until}, set_at = ${dialect.now} WHERE rule_name = ${rule}`,
        );
        if (changed > 0) return;
        await session.run(
          dialect.insert({
            table: override,
            columns: [
              { name: 'rule_name', kind: 'word' },
              { name: 'reason', kind: 'text' },
            ],
            rows: [[rule, reason]],
            constant: [['until_at', until]],
          }),
        );
      }),
  };
}
