import { readFileSync, statSync } from 'node:fs';
import type { OutboxRow, Store } from '../db/store.ts';
import type { Listed, TemplateRow } from '../db/policy-store.ts';
import type { Clock } from '../lib/clock.ts';
import type { Text } from '../lib/text.ts';
import { rejected, type Finding } from './finding.ts';
import { applies, countingsOf, countRows, subjectOf, type Counted } from './limits.ts';
import { TemplateMatcher } from './matcher.ts';
import type { Message } from './message.ts';
import type { PolicyOptions } from './options.ts';
import { marketingRule, quietRule, signatureRule, templateRule, unsigned, wordRule, type Rule } from './rules.ts';
import { parseBody, render, type Template } from './template.ts';
import { WordList, wordsIn } from './words.ts';

type PolicyTablesStore = Pick<Store, 'policyMark' | 'policyTables' | 'blacklisted' | 'countUses' | 'usage'>;

/** What the content of a row comes to: its text, and the template that it was made from. */
export interface Written {
  readonly content: string;
  readonly template: Template | null;
}

/** Tables are read again when they are this old and there is something to send. */
const REFRESH_MS = 15_000;
export const QUIET_HOURS = 'QUIET_HOURS';

/**
 * The rules of what goes out, as configuration and tables have them now. `judge` and `write` ask nobody; `refresh` reads the tables,
 * `blacklisted` and `overLimit` make one statement or one transaction for a whole claim, and none where nothing is configured.
 */
export class Policy {
  readonly #o: PolicyOptions;
  readonly #store: PolicyTablesStore;
  readonly #clock: Clock;
  readonly #onProblem: (text: Text | null) => void;
  readonly rules: readonly Rule[];
  #loadedAt = -Infinity;
  #mark = '';
  #templates = new Map<string, Template>();
  #unusable = new Map<string, Text>();
  #matcher = new TemplateMatcher([]);
  #words = new WordList([]);
  #blacklist = false;
  /** Monotonic time until which quiet hours are set aside. */
  #overrideUntil = -Infinity;

  /** `onProblem`: told what of the tables or files cannot be used, and with null once all of it can. */
  constructor(
    options: PolicyOptions,
    store: PolicyTablesStore,
    clock: Clock,
    onProblem: (text: Text | null) => void = () => undefined,
  ) {
    [this.#o, this.#store, this.#clock, this.#onProblem] = [options, store, clock, onProblem];
    const { requireTemplate, secondSignature, signature, wordsOver, marketing, quiet, calendar } = options;
    this.rules = [
      ...(requireTemplate ? [templateRule(() => this.#matcher, signature)] : []),
      ...(secondSignature === 'reject' ? [signatureRule(signature)] : []),
      wordRule(() => this.#words, wordsOver),
      ...(marketing ? [marketingRule(marketing)] : []),
      ...(quiet.length > 0 ? [quietRule(quiet, calendar, () => this.overridden)] : []),
    ];
  }

  get options(): PolicyOptions {
    return this.#o;
  }

  /** What is in use. */
  get size(): { readonly templates: number; readonly words: number } {
    return { templates: this.#templates.size, words: this.#words.size };
  }

  get matcher(): TemplateMatcher {
    return this.#matcher;
  }

  /** True while quiet hours are set aside. */
  get overridden(): boolean {
    return this.#clock.mono() < this.#overrideUntil;
  }

  /** Reads the tables when they were last read longer ago than that; true when what it reads has changed, but for the blacklist. @throws DbError */
  async refresh(maxAgeMs = REFRESH_MS): Promise<boolean> {
    if (this.#clock.mono() - this.#loadedAt < maxAgeMs) return false;
    const { mark, blacklist, overrides } = await this.#store.policyMark();
    const now = this.#clock.mono();
    this.#blacklist = blacklist;
    const wasOverridden = this.overridden;
    const override = overrides.find(({ rule }) => rule === QUIET_HOURS);
    this.#overrideUntil = override ? now + override.untilInMs : -Infinity;
    const marks = `${mark} ${this.#fileMark()}`;
    // not before the tables are here: without them nothing may be judged
    const tables = marks === this.#mark ? null : await this.#store.policyTables();
    this.#loadedAt = now;
    if (tables === null) return this.overridden !== wasOverridden;
    const { templates, words } = tables;
    this.#words = new WordList([...words, ...this.#fileWords()]);
    const broken = this.#takeTemplates(templates);
    this.#onProblem(this.#fileProblem ?? broken);
    this.#mark = marks;
    return true;
  }

  /** What is wrong with some of them; null: nothing. */
  #takeTemplates(rows: readonly TemplateRow[]): Text | null {
    this.#templates = new Map();
    this.#unusable = new Map();
    const broken: string[] = [];
    for (const { code, body, category, platformId, enabled } of rows) {
      const parsed = parseBody(body);
      if ('at' in parsed) {
        this.#unusable.set(code, parsed.text);
        broken.push(code);
      } else if (!enabled) {
        this.#unusable.set(code, { zh: '已停用', en: 'it is switched off' });
      } else {
        this.#templates.set(code, { ...parsed, code, category, platformId: platformId || null });
      }
    }
    this.#matcher = new TemplateMatcher([...this.#templates.values()]);
    const list = broken.slice(0, 5).join(', ');
    if (broken.length === 0) return null;
    return {
      zh: `sms_template 中有 ${broken.length} 个模板写法有误，不能使用：${list}。运行 yxt-mw template list 看原因`,
      en: `${broken.length} of sms_template cannot be used, their body is wrong: ${list}. "yxt-mw template list" says why`,
    };
  }

  #fileMark(): string {
    const { wordsFile } = this.#o;
    const facts = wordsFile === null ? null : statSync(wordsFile, { throwIfNoEntry: false });
    return facts ? `${facts.mtimeMs} ${facts.size}` : '';
  }

  /** A file that cannot be read any more is as it was. */
  #file: readonly string[] = [];
  #fileProblem: Text | null = null;
  #fileWords(): readonly string[] {
    const { wordsFile } = this.#o;
    if (wordsFile === null) return [];
    try {
      this.#file = wordsIn(readFileSync(wordsFile, 'utf8'));
      this.#fileProblem = null;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#fileProblem = {
        zh: `读不了敏感词文件 ${wordsFile}：${why}`,
        en: `cannot read the words in ${wordsFile}: ${why}`,
      };
    }
    return this.#file;
  }

  /** The text of a row, or why it has none. */
  write(row: Pick<OutboxRow, 'content' | 'templateCode' | 'params'>): Written | Finding {
    const { content, templateCode: code, params } = row;
    if (code === null || code === '') return { content: content ?? '', template: null };
    const template = this.#templates.get(code);
    if (!template) return noTemplate(code, this.#unusable.get(code));
    const made = render(template, params);
    if (typeof made === 'string') return { content: made, template };
    return rejected(
      'BAD_PARAMS',
      `模板 ${code}：${made.zh}。改正 params 后把 status 置为 NEW`,
      `template ${code}: ${made.en}. Correct params, then set status to NEW`,
    );
  }

  /** The first thing that a rule has against the message; null: nothing. */
  judge(m: Message): Finding | null {
    for (const rule of this.rules) {
      const finding = rule.judge(m);
      if (finding && !(finding.status === 'HELD' && m.overruled.has(finding.code))) return finding;
    }
    return null;
  }

  /** The number that the platform has given the template that the message comes from; null: none is known. */
  approvalOf({ template, content }: Message): string | null {
    const { requireTemplate, signature } = this.#o;
    return (
      (template ?? (requireTemplate ? this.#matcher.match(unsigned(content, signature)) : null))?.platformId ?? null
    );
  }

  /** Those of these that go to a phone on the blacklist, by id. */
  async blacklisted(rows: readonly Counted[]): Promise<ReadonlyMap<string, Finding>> {
    if (!this.#o.blacklist || !this.#blacklist || rows.length === 0) return new Map();
    const listed = await this.#store.blacklisted(rows.map(({ message }) => message.phone));
    if (listed.size === 0) return new Map();
    const found = rows.flatMap(({ id, message }) => {
      const entry = listed.get(message.phone);
      return entry && this.#blocks(entry, message) ? [[id, blacklistFinding(entry)] as const] : [];
    });
    return new Map(found);
  }

  #blocks({ origin }: Listed, { category }: Message): boolean {
    return origin === 'MANUAL' || !this.#o.optOutExcept.has(category);
  }

  /** Counts these, which are about to go, and says which are over a limit. @throws DbError: nothing was counted */
  async overLimit(rows: readonly Counted[]): Promise<ReadonlyMap<string, Finding>> {
    if (this.#o.limits.length === 0) return new Map();
    const countings = countingsOf(rows, this.#o.limits);
    const subjects = new Set<string>();
    for (const { own } of countings) for (const { subject } of own) subjects.add(subject);
    if (subjects.size === 0) return new Map();
    return this.#store.countUses([...subjects], ({ pieces, nowMs }) => {
      const { over, added } = countRows(countings, pieces, nowMs);
      return { added, result: over };
    });
  }

  /** What of the counters concerns this message; changes nothing. */
  async standing(m: Message): Promise<Awaited<ReturnType<PolicyTablesStore['usage']>>> {
    const subjects = this.#o.limits.filter((l) => applies(l, m)).map((l) => subjectOf(l, m));
    return subjects.length === 0 ? { nowMs: this.#clock.wall(), pieces: new Map() } : this.#store.usage(subjects);
  }

  get now(): number {
    return this.#clock.wall();
  }
}

function noTemplate(code: string, why: Text | undefined): Finding {
  return why
    ? rejected('NO_TEMPLATE', `模板 ${code} 不能使用：${why.zh}`, `template ${code} cannot be used: ${why.en}`)
    : rejected(
        'NO_TEMPLATE',
        `sms_template 中没有模板 ${code}。补上后把 status 置为 NEW`,
        `sms_template has no template ${code}. Add it, then set status to NEW`,
      );
}

function blacklistFinding({ origin, reason }: Listed): Finding {
  const why = reason ? { zh: `：${reason}`, en: `: ${reason}` } : { zh: '', en: '' };
  return origin === 'OPTOUT'
    ? rejected('BLACKLIST', `市民已退订${why.zh}`, `the citizen has opted out${why.en}`)
    : rejected('BLACKLIST', `号码在黑名单中${why.zh}`, `the phone is on the blacklist${why.en}`);
}
