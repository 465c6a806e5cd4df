type Cell = string | number | null;

/** Lines of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe. */
export const csv = (rows: readonly (readonly Cell[])[]): string[] => rows.map((row) => row.map(cell).join(','));

function cell(value: Cell): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
