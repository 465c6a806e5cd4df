/** Columns that a terminal gives to a text: Chinese characters and full-width signs take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(ESCAPES, '')) width += columns(character.codePointAt(0) ?? 0);
  return width;
}

/** Filled up with blanks to `width` columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Rows of cells as aligned lines, two blanks between columns; the columns of figures (from 0) end where their heads do. */
export function table(rows: readonly (readonly string[])[], figures: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        if (figures.includes(i)) return ' '.repeat(width - displayWidth(cell)) + cell;
        return i === row.length - 1 ? cell : padded(cell, width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/**
 * The text in lines of at most `width` columns, where it can be broken: at blanks, and between Chinese characters, but so that no
 * line begins with a closing sign or ends with an opening one. Line breaks of its own stay.
 */
export function wrapped(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const unit of paragraph.match(UNITS) ?? []) {
      if (line !== '' && displayWidth(line + unit.trimEnd()) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += line === '' ? unit.trimStart() : unit;
    }
    return [...lines, line.trimEnd()];
  });
}

/** A Chinese character or a word, with the signs that cling to it and the blanks behind it. */
const UNITS =
  /\s+|[（“《【]*(?:[\p{sc=Han}\u3000-\u303f\uff00-\uffef]|[^\s\p{sc=Han}\u3000-\u303f\uff00-\uffef]+)[，。；：、！？）”》】]*\s*/gu;

/** Colours. */
const ESCAPES = /\u001b\[[0-9;]*m/g;

/** East Asian Wide and Fullwidth, as blocks; marks that combine take none. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

function columns(code: number): number {
  if ((code >= 0x300 && code <= 0x36f) || code === 0x200b || (code >= 0xfe00 && code <= 0xfe0f)) return 0;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
