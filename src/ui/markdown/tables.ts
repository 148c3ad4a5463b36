// Tables of answers in other forms: HTML, which GLM-OCR writes, to Markdown; Markdown to CSV.

const FENCE = /^ {0,3}(?:`{3,}|~{3,})/;
const HTML_TABLE = /<table\b[^>]*>([^]*?)<\/table>/gi;
const MOST_COLUMNS = 100;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

/** Text of a cell: no tags, one line, pipes escaped. Entities stay, as Markdown reads them too. */
const cellText = (html: string): string =>
  html
    .replace(/<br\s*\/?>/gi, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .replace(/\\?\|/g, '\\|')
    .trim();

const spanOf = (attributes: string, name: string): number =>
  Math.min(
    MOST_COLUMNS,
    Number(new RegExp(`\\b${name}\\s*=\\s*["']?(\\d{1,3})`, 'i').exec(attributes)?.[1] ?? 1) || 1,
  );

/** Rows of cells; a cell that spans several stands in the first, the others are empty. */
function rowsOf(html: string): string[][] {
  const rows: string[][] = [];
  /** Column → rows below that a cell above still covers. */
  const covered: number[] = [];
  for (const [, row] of html.matchAll(/<tr\b[^>]*>([^]*?)(?=<tr\b|<\/tr>|$)/gi)) {
    const cells: string[] = [];
    const skip = () => {
      while ((covered[cells.length] ?? 0) > 0) {
        covered[cells.length]--;
        cells.push('');
      }
    };
    for (const [, attributes, content] of row.matchAll(/<t[hd]\b([^>]*)>([^]*?)(?=<t[hd]\b|<\/t[hd]>|$)/gi)) {
      skip();
      const [across, down] = [spanOf(attributes, 'colspan'), spanOf(attributes, 'rowspan')];
      for (let column = 0; column < across && cells.length < MOST_COLUMNS; column++) {
        covered[cells.length] = down - 1;
        cells.push(column === 0 ? cellText(content) : '');
      }
    }
    skip();
    if (cells.length > 0) rows.push(cells);
  }
  return rows;
}

const line = (cells: string[], columns: number): string =>
  `| ${Array.from({ length: columns }, (_, column) => cells[column] ?? '').join(' | ')} |`;

function toMarkdown(all: string, inner: string): string {
  const rows = rowsOf(inner);
  const columns = Math.max(0, ...rows.map((row) => row.length));
  if (columns === 0) return all;
  const [head, ...rest] = rows;
  const rule = line(
    Array.from({ length: columns }, () => '---'),
    columns,
  );
  return `\n\n${[line(head, columns), rule, ...rest.map((row) => line(row, columns))].join('\n')}\n\n`;
}

/** Whole HTML tables outside of code, as Markdown. */
export function htmlTables(text: string): string {
  if (!/<table\b/i.test(text)) return text;
  const parts: string[][] = [[]];
  let inCode = false;
  for (const one of text.split('\n')) {
    const isFence = FENCE.test(one);
    if (isFence !== inCode && isFence) parts.push([]);
    parts[parts.length - 1].push(one);
    if (isFence && inCode) parts.push([]);
    if (isFence) inCode = !inCode;
  }
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .map((part) => (FENCE.test(part) ? part : part.replace(HTML_TABLE, toMarkdown)))
    .join('\n');
}

/** Cells of a Markdown row, as plain text. */
const cellsOf = (row: string): string[] =>
  row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) =>
      cell
        .trim()
        .replace(/\\\|/g, '|')
        .replace(/<br\s*\/?>/gi, ' ')
        .replace(/(\*\*|__|`)(.+?)\1/g, '$2')
        .replace(/&(\w+|#39);/g, (all, name: string) => ENTITIES[name] ?? all),
    );

const field = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A Markdown table as CSV. @param head column names and the line of dashes */
export const tableCsv = (head: string, rows: readonly string[]): string =>
  [head.split('\n')[0], ...rows].map((row) => `${cellsOf(row).map(field).join(',')}\n`).join('');
