import { z } from 'zod';
import { formatDuration, parseDuration } from '../lib/duration.ts';
import type { Text } from '../lib/text.ts';

/** One key of the configuration: what may be written, what it becomes, and what people are told about it. */
export interface Setting<V = unknown> {
  readonly kind: 'setting';
  readonly help: Text;
  /** What a value must look like, to finish the sentence "expected …". */
  readonly expects: Text;
  /** From the value as written to the value as used. */
  readonly schema: z.ZodType<V>;
  /** Default, as it would be written; absent: the key must be given. */
  readonly fallback?: () => unknown;
  /** What the example shows where there is no default, or where the default depends on the machine. */
  readonly example?: unknown;
  /** The short form of `expects` for comments: `1–1000`. */
  readonly range?: string;
  /** The default depends on the machine, so an example shows the key commented out. */
  readonly machine?: boolean;
  /** How it is written: `unit` is text like `3s` or `20MB`, `other` a list or a map. */
  readonly scalar: 'text' | 'unit' | 'number' | 'flag' | 'other';
  /** The words to choose from, for "did you mean". */
  readonly words?: readonly string[];
  /** Values of the contract that this version does not support yet, with the sentence to say. */
  readonly later?: Readonly<Record<string, Text>>;
  /** Never shown in a message; written in clear text it earns a warning. */
  readonly secret?: boolean;
  /** Of a secret that not every value is: whether this one may not stand in clear text. */
  readonly isSecret?: (value: string) => boolean;
  /** A login may stand in it: then it is a reference, which is not for everybody to resolve. */
  readonly login?: boolean;
  /** A file path, relative to the configuration file; `readable`: must exist already. */
  readonly file?: 'path' | 'readable';
}

export type Node = Setting | Section | Choice | Several;

/** A map of keys. */
export interface Section<K extends Readonly<Record<string, Node>> = Readonly<Record<string, Node>>> {
  readonly kind: 'section';
  readonly help: Text;
  readonly keys: K;
}

/** A key that takes one value or a map of keys. */
export interface Choice<S extends Setting = Setting, M extends Section = Section> {
  readonly kind: 'choice';
  readonly one: S;
  readonly map: M;
}

/** Any number of equal sections, none by default: a list, or a map under names of the admin's. */
export interface Several<M extends Section = Section, By extends 'order' | 'name' = 'order' | 'name'> {
  readonly kind: 'several';
  readonly help: Text;
  readonly by: By;
  readonly item: M;
  /** A list as it might be, shown commented out instead of an empty one. */
  readonly example?: readonly unknown[];
}

/** The value that a node of the table becomes in `Config`. */
export type ValueOf<N> =
  N extends Setting<infer V>
    ? V
    : N extends Choice<infer S, infer M>
      ? ValueOf<S> | ValueOf<M>
      : N extends Section<infer K>
        ? { readonly [P in keyof K]: ValueOf<K[P]> }
        : N extends Several<infer M, infer By>
          ? By extends 'order'
            ? readonly ValueOf<M>[]
            : Readonly<Record<string, ValueOf<M>>>
          : never;

type Extra = Partial<
  Pick<Setting, 'example' | 'range' | 'machine' | 'secret' | 'isSecret' | 'login' | 'file' | 'later'>
> & {
  readonly fallback?: unknown;
};

function setting<V>(
  base: Pick<Setting<V>, 'help' | 'expects' | 'schema' | 'scalar' | 'words' | 'range'>,
  { fallback, ...extra }: Extra,
): Setting<V> {
  if (fallback === undefined) return { kind: 'setting', ...base, ...extra };
  const make = typeof fallback === 'function' ? (fallback as () => unknown) : () => fallback;
  return { kind: 'setting', ...base, ...extra, fallback: make };
}

export function section<K extends Readonly<Record<string, Node>>>(zh: string, en: string, keys: K): Section<K> {
  return { kind: 'section', help: { zh, en }, keys };
}

export function choice<S extends Setting, M extends Section>(one: S, map: M): Choice<S, M> {
  return { kind: 'choice', one, map };
}

export function listOf<M extends Section>(
  zh: string,
  en: string,
  item: M,
  example?: readonly unknown[],
): Several<M, 'order'> {
  return { kind: 'several', help: { zh, en }, by: 'order', item, ...(example && { example }) };
}

export function named<M extends Section>(zh: string, en: string, item: M): Several<M, 'name'> {
  return { kind: 'several', help: { zh, en }, by: 'name', item };
}

/** Also accepts `null`, and is null unless `fallback` (as written) says otherwise. */
export function orNull<V>(of: Setting<V>, fallback: unknown = null): Setting<V | null> {
  const expects = { zh: `${of.expects.zh}，或 null`, en: `${of.expects.en}, or null` };
  return { ...of, expects, schema: of.schema.nullable(), fallback: () => fallback };
}

/** Text of one line; `is` describes it, `test` decides. */
export function text(help: Text, is: Text, test: (value: string) => boolean, extra: Extra = {}): Setting<string> {
  const schema = z.string().refine((value) => !/[\u0000-\u001f\u007f]/.test(value) && test(value));
  return setting({ help, expects: is, schema, scalar: 'text' }, extra);
}

/** A whole number in a range. */
export function whole(help: Text, min: number, max: number, extra: Extra = {}): Setting<number> {
  const expects = { zh: `${min} 到 ${max} 之间的整数`, en: `a whole number from ${min} to ${max}` };
  return setting({ help, expects, schema: z.int().min(min).max(max), scalar: 'number', range: `${min}–${max}` }, extra);
}

export function flag(help: Text, fallback: boolean): Setting<boolean> {
  const expects = { zh: 'true 或 false', en: 'true or false' };
  return setting({ help, expects, schema: z.boolean(), scalar: 'flag', range: 'true | false' }, { fallback });
}

export function oneOf<const W extends readonly [string, ...string[]]>(
  help: Text,
  words: W,
  extra: Extra = {},
): Setting<W[number]> {
  const expects = { zh: `${words.join('、')} 之一`, en: `one of ${words.join(', ')}` };
  return setting({ help, expects, schema: z.enum(words), scalar: 'text', words, range: words.join(' | ') }, extra);
}

/** Milliseconds, written with a unit. */
export function duration(help: Text, min: string, max: string, extra: Extra = {}): Setting<number> {
  const expects = {
    zh: `带单位的时长（ms、s、m、h、d），${min} 到 ${max}，例如 ${sample(min, max)}`,
    en: `a duration with its unit (ms, s, m, h, d) from ${min} to ${max}, such as ${sample(min, max)}`,
  };
  return setting({ help, expects, schema: durationBetween(min, max), scalar: 'unit', range: `${min}–${max}` }, extra);
}

/** A map from names to durations. */
export function durations(help: Text, min: string, max: string, extra: Extra = {}): Setting<Record<string, number>> {
  const expects = {
    zh: `类别到时长的对照，如 { CODE: 10m }；类别 1 到 20 个字符，时长 ${min} 到 ${max}`,
    en: `a map from category to duration, such as { CODE: 10m }; 1 to 20 characters, ${min} to ${max}`,
  };
  const schema = z.record(z.string().regex(/^\S{1,20}$/), durationBetween(min, max));
  return setting({ help, expects, schema, scalar: 'other' }, extra);
}

/** Bytes, written `512KB`, `20MB`, `1GB`. */
export function size(help: Text, min: string, max: string, extra: Extra = {}): Setting<number> {
  const expects = {
    zh: `带单位的大小（KB、MB、GB），${min} 到 ${max}，例如 20MB`,
    en: `a size with its unit (KB, MB, GB) from ${min} to ${max}, such as 20MB`,
  };
  const [low, high] = [bytesOf(min), bytesOf(max)];
  if (low === null || high === null) throw new TypeError(`not a range of sizes: ${min}, ${max}`);
  const schema = z.string().transform((written, context) => {
    const bytes = bytesOf(written);
    if (bytes !== null && bytes >= low && bytes <= high) return bytes;
    context.addIssue({ code: 'custom', message: 'size' });
    return z.NEVER;
  });
  return setting({ help, expects, schema, scalar: 'unit', range: `${min}–${max}` }, extra);
}

function bytesOf(written: string): number | null {
  const match = /^(\d{1,6})(KB|MB|GB)$/.exec(written);
  return match && Number(match[1]) * 1024 ** (['KB', 'MB', 'GB'].indexOf(match[2] ?? '') + 1);
}

/** Anything with a shape of its own. */
export function shaped<V>(help: Text, is: Text, schema: z.ZodType<V>, extra: Extra = {}): Setting<V> {
  return setting({ help, expects: is, schema, scalar: 'other' }, extra);
}

function durationBetween(min: string, max: string): z.ZodType<number> {
  const [low, high] = [parseDuration(min), parseDuration(max)];
  if (low === null || high === null) throw new TypeError(`not a range of durations: ${min}, ${max}`);
  return z.string().transform((written, context) => {
    const ms = parseDuration(written);
    if (ms !== null && ms >= low && ms <= high) return ms;
    context.addIssue({ code: 'custom', message: 'duration' });
    return z.NEVER;
  });
}

/** A value inside the range that shows how durations are written. */
function sample(min: string, max: string): string {
  const inside = ['3s', '2m', '24h', '30d'].find((each) => {
    const ms = parseDuration(each) ?? 0;
    return ms >= (parseDuration(min) ?? 0) && ms <= (parseDuration(max) ?? 0);
  });
  return inside ?? formatDuration(parseDuration(min) ?? 0);
}
