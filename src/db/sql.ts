/** A piece of SQL with its values: values travel only as bindings, never inside the text. */
export class Sql {
  readonly text: string;
  readonly values: readonly unknown[];

  constructor(text: string, values: readonly unknown[] = []) {
    this.text = text;
    this.values = values;
  }
}

/** What may stand in a statement as a value. A list becomes one binding: only a dialect knows what its driver makes of it. */
export type Value = string | number | bigint | null | readonly unknown[];

/**
 * sql`UPDATE ${raw(table)} SET note = ${note} WHERE ${condition}`: pieces are inlined, everything else is bound as `?`.
 */
export function sql(parts: TemplateStringsArray, ...args: readonly (Sql | Value)[]): Sql {
  let text = parts[0] ?? '';
  const values: unknown[] = [];
  for (const [i, arg] of args.entries()) {
    if (arg instanceof Sql) {
      text += arg.text;
      values.push(...arg.values);
    } else {
      text += '?';
      values.push(arg);
    }
    text += parts[i + 1] ?? '';
  }
  return new Sql(text, values);
}

/** Text of ours (a checked name, a keyword) as a piece of SQL. Never for data. */
export function raw(text: string): Sql {
  return new Sql(text);
}

/** Pieces side by side. */
export function join(pieces: readonly Sql[], separator = ', '): Sql {
  return new Sql(
    pieces.map((piece) => piece.text).join(separator),
    pieces.flatMap((piece) => piece.values),
  );
}

/**
 * A condition that no optimizer takes an index from. Rows found by their key are then found by their key, also where the
 * statistics date from a time when hardly any row had the wanted status.
 */
export function unindexed(condition: Sql): Sql {
  return sql`CASE WHEN ${condition} THEN 1 ELSE 0 END = 1`;
}

/** A whole number of ours as a piece of SQL. */
export const whole = (value: bigint | number): Sql => raw(value.toString());
