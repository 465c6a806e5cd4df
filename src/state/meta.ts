import { text, type StateDb } from './sqlite.ts';

/** Small facts that must survive the process: identity, serial high-water mark, counters. On disk when `set` returns. */
export interface Meta {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export function openMeta(db: StateDb): Meta {
  return {
    get(key) {
      const row = db.get('select value from meta where key = ?', key);
      return row && text(row, 'value');
    },
    set(key, value) {
      db.run(
        'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
        key,
        value,
      );
    },
    remove(key) {
      db.run('delete from meta where key = ?', key);
    },
  };
}
