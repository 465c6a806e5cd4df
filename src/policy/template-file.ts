import type { TemplateRow } from '../db/policy-store.ts';
import type { Text } from '../lib/text.ts';
import { parseBody } from './template.ts';

export interface LineProblem {
  readonly line: number;
  readonly text: Text;
}

/** Templates as pasted from a spreadsheet: code, body, category, number at the platform, with tabs between; `#` begins a remark line. */
export function readTemplates(
  file: string,
  category: string | null,
): { readonly rows: readonly TemplateRow[]; readonly problems: readonly LineProblem[] } {
  const rows = new Map<string, TemplateRow>();
  const problems: LineProblem[] = [];
  for (const [i, written] of file
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (written.trim() === '' || written.startsWith('#')) continue;
    const [code = '', body = '', own = '', platformId = ''] = written.split('\t').map((cell) => cell.trim());
    const problem = problemOf(code, body, own, platformId, rows.has(code));
    if (problem) problems.push({ line: i + 1, text: problem });
    else rows.set(code, { code, body, category: own || category, platformId: platformId || null, enabled: true });
  }
  return { rows: [...rows.values()], problems };
}

function problemOf(code: string, body: string, category: string, platformId: string, twice: boolean): Text | null {
  if (!/^\S{1,40}$/.test(code))
    return { zh: '编码应为 1 到 40 个不含空白的字符', en: 'the code has 1 to 40 characters without blanks' };
  if (twice) return { zh: `编码 ${code} 出现两次`, en: `the code ${code} comes twice` };
  if (category.length > 20 || platformId.length > 40)
    return { zh: '类别或平台模板号太长', en: 'category or number at the platform is too long' };
  const parsed = parseBody(body);
  return 'at' in parsed ? parsed.text : null;
}
