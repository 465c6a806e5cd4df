import assert from 'node:assert/strict';
import {} from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/db/open.ts';
import type { Store } from '../../src/db/store.ts';
import { storeMessages } from '../../src/inbound/store.ts';
import { encodeGbk } from '../../src/platform/gbk.ts';
import { openState, type State } from '../../src/state/open.ts';
import { type FreshDatabase, freshDatabase } from '../support/databases.ts';
import { recordedLog } from '../support/log.ts';
import { temporaryDir } from '../support/temporary.ts';
import { type Said, yxt } from '../support/yxt.ts';
import { writeConfig } from '../support/config-file.ts';

describe('yxt-mw quarantine', () => {
  let dir: string;
  let db: FreshDatabase;
  let store: Store;
  let state: State;

  beforeEach(async () => {
    dir = temporaryDir();
    db = await freshDatabase('sqlite');
    store = await openStore(db.options);
    state = openState(join(dir, 'state'));
    const values = {
      locale: 'en',
      'database.connection': db.options.connection,
      'platform.accessNo': '106900000000001',
    };
    writeConfig(dir, values);
  });
  afterEach(async () => {
    state.close();
    await store.close();
    await db.drop();
  });

  const quarantine = (...argv: string[]): Promise<Said> =>
    yxt(['quarantine', ...argv, '--config', join(dir, 'config.yaml')]);
  const inbox = async (): Promise<unknown[]> =>
    (await db.rawQuery('select phone, content, keyword from sms_inbox')).map((row) => ({ ...row }));

  it('lists, shows, removes, and says when there is nothing', async () => {
    assert.match((await quarantine('list')).out, /nothing is in quarantine/);
    state.quarantine.put('page', encodeGbk('<html>请登录'), 'no-result');
    const { id } = state.quarantine.put('message', Buffer.from('{"content":"长"}'), 'content,phone');
    const { out } = await quarantine('list');
    assert.match(out, /1 +something in place of an answer +without result= +12 +1 +\d{4}-\d\d-\d\d/);
    assert.match(out, /2 +message +does not fit: content,phone/);
    assert.doesNotMatch(out, /请登录/);
    assert.equal((await quarantine('show', '1')).out, '<html>请登录');
    assert.equal((await quarantine('show', id)).out, '{"content":"长"}');
    assert.equal((await quarantine('remove', '1')).code, 0);
    assert.equal(state.quarantine.list().length, 1);
    const gone = await quarantine('show', '1');
    assert.equal(gone.code, 1);
    assert.match(gone.err, /1 is not in quarantine/);
    assert.equal((await quarantine('show')).code, 2);
  });

  it('replays a message that the database had refused, once its trigger is mended, under the key that it had', async () => {
    await db.rawQuery(
      `create trigger fussy before insert on sms_inbox when new.phone = '13000000009' begin select raise(abort, 'no'); end`,
    );
    const written = {
      id: '7',
      accessNo: '106900000000001',
      phone: '13000000009',
      content: 'sbye#62',
      receivedAt: null,
    };
    const parts = { store, state, log: recordedLog().log, accessNo: '106900000000001', separators: '#' };
    assert.equal(await storeMessages(parts, [written]), 1);
    assert.deepEqual(await inbox(), []);
    const refused = await quarantine('replay', '1');
    assert.deepEqual([refused.code, refused.out.split(',')[0]], [1, 'still unreadable or refused']);
    await db.rawQuery('drop trigger fussy');
    assert.equal((await quarantine('replay', '1')).code, 0);
    assert.deepEqual(await inbox(), [{ phone: '13000000009', content: 'sbye#62', keyword: 'SBYE' }]);
    assert.deepEqual(state.quarantine.list(), []);
    assert.equal(await storeMessages(parts, [written]), 0, 'the platform may hand it out again');
  });

  it('replays answers and receipts, stores what can be read of them, and keeps those with something unreadable', async () => {
    const item = (id: string): string => `{"mdn":"13000000001","content":"cx ${id}","id":"${id}"}`;
    state.quarantine.put('reply', encodeGbk(`result=0&id=2&replys=[${item('1')},{"mdn":]`), 'unreadable');
    state.quarantine.put('reply', encodeGbk(`result=0&id=3&replys=[${item('1')},${item('3')}]`), 'unreadable');
    state.quarantine.put('receipt', Buffer.from('26112300000000000001,13000000001,0'), 'unreadable');
    state.quarantine.put('receipt', Buffer.from('nonsense'), 'unreadable');
    const codes = [];
    for (const id of ['1', '2', '3', '4']) codes.push((await quarantine('replay', id)).code);
    assert.deepEqual(codes, [1, 0, 0, 1]);
    assert.deepEqual((await inbox()).map((row) => (row as { content: string }).content).sort(), ['cx 1', 'cx 3']);
    assert.equal((await db.rawQuery('select 1 from sms_mw_receipt')).length, 1);
    assert.deepEqual(
      state.quarantine.list().map(({ id }) => id),
      ['1', '4'],
    );
  });
});
