import { compileRule, type RuleSettings } from '../queries/rule.ts';
import { checkConnection } from './connection.ts';
import type { Draft, Report } from './cross.ts';

/** Every rule is compiled here as it is when it is used: what is wrong with it is said with its line, before anything starts. */
export function checkQueries(draft: Draft, problem: Report): void {
  const databases = draft.queryDatabases ?? {};
  for (const [name, business] of Object.entries(databases)) {
    if (business) checkConnection(business, `queryDatabases.${name}`, problem);
  }
  const separators = (draft.inbox?.separators ?? []).join('');
  const owners = new Map<string, number>();
  for (const [i, settings] of (draft.queries ?? []).entries()) {
    if (!whole(settings)) continue; // said where the wrong value stands
    const { rule, faults } = compileRule(settings, separators, Object.keys(databases));
    for (const { key, text } of faults) problem(`queries.${i}.${key}`, text);
    for (const keyword of rule.keywords) {
      const other = owners.get(keyword);
      if (other !== undefined) {
        problem(`queries.${i}.keywords`, {
          zh: `关键字 ${keyword} 已属于第 ${other + 1} 条规则`,
          en: `the keyword ${keyword} is that of rule ${other + 1} already`,
        });
      }
      owners.set(keyword, i);
    }
  }
}

function whole(settings: unknown): settings is RuleSettings {
  if (typeof settings !== 'object' || settings === null) return false;
  const { args, ...own } = settings as Record<string, unknown>;
  const parts = [own, ...Object.values((args ?? {}) as Record<string, object>)];
  return args !== undefined && parts.every((part) => Object.values(part).every((value) => value !== undefined));
}
