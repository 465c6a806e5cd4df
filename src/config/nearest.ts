/** Single-character edits that lead from `a` to `b`. */
export function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      line.push(
        Math.min((above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + (same ? 0 : 1)),
      );
    }
    above = line;
  }
  return above[b.length] ?? 0;
}

/** The known word that `written` most likely stands for, or null. Case, `_` and `-` do not count. */
export function nearest(written: string, known: readonly string[]): string | null {
  const bare = plain(written.slice(0, 64));
  let best: string | null = null;
  // a third of the word wrong is a typing error, more is another word; short words may still have two letters swapped
  let most = Math.max(bare.length > 3 ? 2 : 1, Math.floor(bare.length / 3));
  for (const word of known) {
    const edits = distance(bare, plain(word));
    if (edits < most || (edits === most && best === null)) [best, most] = [word, edits];
  }
  return best;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[_-]/g, '');
}
