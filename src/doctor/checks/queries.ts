import { businessOptions, rulesIn } from '../../daemon/queries.ts';
import { openBusiness, type Business } from '../../db/business.ts';
import { openInspection } from '../../db/health.ts';
import { DbError } from '../../lib/errors.ts';
import { PHONE, type Rule } from '../../queries/rule.ts';
import { holesOf } from '../../queries/template.ts';
import { fail, ok, warn, type Check, type Found } from '../check.ts';

const PATIENCE_MS = 10_000;

/** Every rule's SQL is prepared where it will run, and its reply held against the columns that it gives. */
export const queries: Check = {
  name: { zh: '点播', en: 'queries' },
  async run({ config }) {
    const rules = rulesIn(config);
    if (rules.length === 0) return [ok('没有配置点播规则', 'no query rules are configured')];
    const found: Found[] = [];
    for (const [name, options] of Object.entries(businessOptions(config))) {
      const own = rules.filter(({ database }) => database === name);
      if (own.length === 0) continue;
      const told: Found[] = [];
      const business = await openBusiness(options);
      try {
        for (const rule of own) told.push(await prepared(business, rule));
      } finally {
        await business.close();
      }
      // a login of its own: not one more that is refused
      const reached = told.some(({ level }) => level === 'ok');
      found.push(...told, ...(reached ? await rightsOf(name, config.queryDatabases[name]) : []));
    }
    for (const [i, { allowUnboundPhone, unboundReason }] of config.queries.entries()) {
      const named = rules[i]?.keywords[0] ?? '';
      if (allowUnboundPhone) found.push(warn(anybody(named, unboundReason ?? '')));
    }
    return found;
  },
};

async function prepared(business: Business, { keywords, sql, reply, request }: Rule): Promise<Found> {
  const [keyword = ''] = keywords;
  try {
    const columns = await business.columns(sql);
    const known = new Set([...columns, ...request.arguments.map(({ name }) => name.toLowerCase()), PHONE, 'count']);
    const missing = [...new Set(holesOf(reply).map(({ name }) => name))].filter((name) => !known.has(name));
    if (missing.length === 0)
      return ok(`${keyword}：SQL 可用（${columns.join('、')}）`, `${keyword}: its SQL works (${columns.join(', ')})`);
    const holes = missing.map((name) => `{${name}}`).join(' ');
    return fail(
      {
        zh: `${keyword}：答复用到 ${holes}，SQL 只有 ${columns.join('、')}`,
        en: `${keyword}: the reply has ${holes}, the SQL gives ${columns.join(', ')}`,
      },
      { zh: '请改 reply 或 sql。', en: 'Correct reply or sql.' },
    );
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    return fail({ zh: `${keyword}：${error.text.zh}`, en: `${keyword}: ${error.text.en}` });
  }
}

type Source = Pick<Parameters<typeof openInspection>[0], 'client' | 'connection'>;

/** A user that may do more than read is more than a query needs. */
async function rightsOf(name: string, source: Source | undefined): Promise<Found[]> {
  if (source === undefined) return [];
  const { client, connection } = source;
  if (client === 'sqlite') return [];
  const inspection = openInspection({ client, connection, schema: null, tables: {} }, PATIENCE_MS);
  try {
    const rights = await inspection.ddlRights();
    if (rights.length === 0) return [];
    const list = rights.join(', ');
    return [
      warn(
        {
          zh: `业务库 ${name} 的用户权限过大：${list}`,
          en: `the user of business database ${name} has rights it does not need: ${list}`,
        },
        {
          zh: '请换成只能 SELECT 所需视图的用户。',
          en: 'Use one that may SELECT the views it needs and nothing else.',
        },
      ),
    ];
  } catch (error) {
    if (error instanceof DbError) return [];
    throw error;
  } finally {
    await inspection.close();
  }
}

const anybody = (keyword: string, reason: string): Parameters<typeof warn>[0] => ({
  zh: `${keyword} 不核对发信号码，任何人都能查；理由：${reason}`,
  en: `${keyword} does not check the sender's number, anybody may ask; the reason: ${reason}`,
});
