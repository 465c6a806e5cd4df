import assert from 'node:assert/strict';
import {} from 'node:fs';
import { checkConfig } from '../../src/config/check.ts';
import { namedSql } from '../../src/db/named-sql.ts';
import { temporaryDir } from '../support/temporary.ts';
import { writeConfig } from '../support/config-file.ts';

const ENV = { YXT_PASSWORD: 'made-up', YXT_DB_PASSWORD: 'made-up' };
const GOOD = {
  keywords: ['SBYE'],
  format: '{card}*{password}',
  args: { card: { secret: true }, password: { secret: true, min: 6, max: 6 } },
  sql: 'SELECT balance FROM card WHERE card_no = :card AND phone = :phone AND password = :password',
  reply: '尾号{card|last4}余额{balance|money}元',
};
const BUSINESS = { bureau: { client: 'sqlite', connection: './business.db' } };

describe('query rules in the configuration', () => {
  let dir: string;
  beforeEach(() => {
    dir = temporaryDir();
  });

  const check = (queries: unknown, queryDatabases: unknown = BUSINESS): ReturnType<typeof checkConfig> => {
    const file = writeConfig(dir, { queries, queryDatabases });
    return checkConfig(file, ENV);
  };

  it('load with their defaults', () => {
    const { config, problems } = check([GOOD]);
    assert.deepEqual(problems, []);
    const [rule] = config?.queries ?? [];
    assert.deepEqual([rule?.maxRows, rule?.maxParts, rule?.giveUp, rule?.allowUnboundPhone], [20, 6, 'new', false]);
    assert.deepEqual(rule?.args['card'], { label: null, kind: 'digits', min: 1, max: 32, secret: true });
    assert.equal(config?.queryDatabases['bureau']?.statementTimeout, 3000);
  });

  const unbound = { sql: 'SELECT balance FROM card WHERE card_no = :card AND password = :password' };
  const wrong: [what: string, rule: object, says: RegExp][] = [
    ['SQL without the sender’s number', unbound, /^queries\.0\.sql .*allowUnboundPhone/],
    [
      '… also where it is only in a comment or a text',
      { sql: `${unbound.sql} AND ':phone' <> '' -- :phone` },
      /allowUnboundPhone/,
    ],
    [
      'an unbound rule without a reason',
      { ...unbound, allowUnboundPhone: true },
      /^queries\.0\.unboundReason must say why/,
    ],
    [
      'an argument that is not used',
      { sql: 'SELECT balance FROM card WHERE card_no = :card AND phone = :phone' },
      /does not use :password/,
    ],
    ['a name without a value', { sql: `${GOOD.sql} AND x = :pin` }, /the format has no \{pin\}/],
    ['two statements', { sql: `${GOOD.sql}; DELETE FROM card` }, /only one statement/],
    [
      'a statement that writes',
      { sql: 'DELETE FROM card WHERE card_no = :card AND phone = :phone AND p = :password' },
      /only SELECT/,
    ],
    ['a bare mark', { sql: `${GOOD.sql} AND x = ?` }, /no \?/],
    ['a text that never ends', { sql: `${GOOD.sql} AND x = 'a` }, /not closed/],
    ['a secret repeated in the answer', { reply: '{card}余额{balance}' }, /\{card\} is secret/],
    ['a brace without its half', { reply: '余额{balance' }, /^queries\.0\.reply a brace/],
    ['a keyword that nobody can send', { keywords: ['SB#YE'] }, /holds a separator/],
    ['a database nobody named', { database: 'other' }, /^queries\.0\.database write one of/],
    ['an argument to lock by that there is not', { lockBy: 'pin' }, /^queries\.0\.lockBy/],
    ['a password to lock by', { lockBy: 'password' }, /\{password\} is a short secret/],
    ['a misspelt key', { replay: 'x' }, /^queries\.0\.replay unknown key/],
    ['a wrong value', { maxParts: 7 }, /^queries\.0\.maxParts wrong value/],
  ];
  for (const [what, given, says] of wrong) {
    it(`refuse ${what}`, () => {
      const { config, problems } = check([{ ...GOOD, ...given }]);
      assert.equal(config, null);
      assert.match(problems.map(({ path, message }) => `${path} ${message.en}`).join('\n'), new RegExp(says, 'm'));
    });
  }

  it('take an unbound rule with its reason', () => {
    assert.deepEqual(
      check([{ ...GOOD, ...unbound, allowUnboundPhone: true, unboundReason: '公开的办事进度' }]).problems,
      [],
    );
  });

  it('refuse two rules for one keyword, and a server without an address', () => {
    const says = (problems: ReturnType<typeof check>['problems']): string =>
      problems.map(({ path, message }) => `${path} ${message.en}`).join('\n');
    assert.match(
      says(check([GOOD, { ...GOOD, keywords: ['ｓｂｙｅ'] }]).problems),
      /queries\.1\.keywords .*rule 1 already/,
    );
    assert.match(
      says(check([GOOD], { bureau: { client: 'mysql', connection: 'x' } }).problems),
      /queryDatabases\.bureau\.connection mysql wants/,
    );
  });

  it('take a business database of every engine, and warn of a password that travels open', () => {
    const connection = { host: 'db1', user: 'reader', password: '${env:YXT_DB_PASSWORD}', database: 'social' };
    for (const client of ['mysql', 'postgres', 'mssql', 'oracle']) {
      const { problems, warnings } = check([GOOD], { bureau: { client, connection } });
      assert.deepEqual(problems, [], client);
      assert.deepEqual(
        warnings.map(({ path }) => path).filter((path) => path.startsWith('queryDatabases')),
        client === 'mssql' ? ['queryDatabases.bureau.connection.ssl'] : [],
      );
    }
  });
});

describe('a statement with named values', () => {
  it('is taken apart outside of texts, names and comments', () => {
    const { sql, fault } =
      namedSql(`SELECT a::int, ':no', "x:no", \`:no\`, $$ :no $$, $t$ :no $t$ /* :no ? ; */ -- :no ?
      FROM t WHERE b = :yes AND c=:yes_2;  `);
    assert.equal(fault, null);
    assert.deepEqual(sql.names, ['yes', 'yes_2']);
    assert.equal(sql.pieces.length, 3);
  });

  it('may begin with a comment or a bracket', () => {
    for (const text of ['-- x\nSELECT 1', '/* x */ (SELECT 1)', 'with a as (select 1) select * from a']) {
      assert.equal(namedSql(text).fault, null, text);
    }
    assert.equal(namedSql(' ').fault, 'empty');
    assert.equal(namedSql('-- SELECT').fault, 'empty');
    assert.equal(namedSql('EXPLAIN SELECT 1').fault, 'notSelect');
  });
});
