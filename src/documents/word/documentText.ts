// mammoth's tree of a document as text: Markdown where Word has headings, lists and tables.

/** A node of mammoth's document model, as far as text needs it. */
export interface WordNode {
  type: string;
  children?: WordNode[];
  value?: string;
  styleId?: string | null;
  styleName?: string | null;
  numbering?: { isOrdered: boolean; level: string | number } | null;
  altText?: string | null;
  checked?: boolean;
  noteType?: string;
  noteId?: string;
  notes?: { resolve(reference: WordNode): { body?: WordNode[] } | undefined };
}

/** Headings, list items, tables and notes of a document; pictures by their descriptions. */
export function documentText(document: WordNode): string {
  const writer = new TextWriter(document.notes);
  writer.blocks(document.children ?? []);
  return writer.text();
}

class TextWriter {
  private readonly lines: string[] = [];
  private readonly notes: string[] = [];
  /** Numbers of the open ordered lists, by level. */
  private counts: number[] = [];

  constructor(private readonly source: WordNode['notes']) {}

  text(): string {
    const notes = this.notes.length > 0 ? ['', ...this.notes] : [];
    return [...this.lines, ...notes].join('\n').replace(/\n{3,}/g, '\n\n').trim(); // prettier-ignore
  }

  blocks(nodes: readonly WordNode[]): void {
    for (const node of nodes) {
      if (node.type === 'paragraph') this.lines.push(this.paragraph(node));
      else if (node.type === 'table') this.table(node);
      else if (node.children) this.blocks(node.children);
    }
  }

  private table(table: WordNode): void {
    for (const row of table.children ?? []) {
      const cells = (row.children ?? []).map((cell) => this.cell(cell));
      this.lines.push(`| ${cells.join(' | ')} |`);
    }
  }

  /** A cell in one line; a table within it too. */
  private cell(cell: WordNode): string {
    const inner = new TextWriter(this.source);
    inner.blocks(cell.children ?? []);
    this.notes.push(...inner.notes);
    return inner.lines.filter(Boolean).join(' ').replace(/\n/g, ' ');
  }

  private paragraph(node: WordNode): string {
    const text = this.inline(node.children ?? []).trimEnd();
    return text === '' ? '' : this.prefix(node) + text;
  }

  private prefix({ styleId, styleName, numbering }: WordNode): string {
    const style = styleName ?? styleId ?? '';
    const level = /^(?:heading|überschrift|标题|標題)\s*(\d)/i.exec(style)?.[1];
    if (level) return `${'#'.repeat(Number(level))} `;
    if (/^title$/i.test(style)) return '# ';
    if (!numbering) {
      this.counts = [];
      return /^list\b/i.test(style) || /^list/i.test(styleId ?? '') ? '- ' : '';
    }
    const depth = Math.min(Number(numbering.level) || 0, 8);
    this.counts.length = depth + 1;
    const count = (this.counts[depth] ?? 0) + 1;
    this.counts[depth] = count;
    return `${'  '.repeat(depth)}${numbering.isOrdered ? `${count}.` : '-'} `;
  }

  private inline(nodes: readonly WordNode[]): string {
    return nodes.map((node) => this.inlineNode(node)).join('');
  }

  private inlineNode(node: WordNode): string {
    switch (node.type) {
      case 'text':
        return (node.value ?? '').replaceAll('\u2011', '-').replaceAll('\u00ad', '');
      case 'tab':
        return '\t';
      case 'break':
        return '\n';
      case 'checkbox':
        return node.checked ? '[x]' : '[ ]';
      case 'image':
        return node.altText ? `[${node.altText}]` : '';
      case 'noteReference':
        return this.note(node);
      case 'paragraph':
        return `${this.inline(node.children ?? [])}\n`;
      default:
        return this.inline(node.children ?? []);
    }
  }

  private note(reference: WordNode): string {
    const inner = new TextWriter(undefined);
    inner.blocks(this.source?.resolve(reference)?.body ?? []);
    const text = inner.text().replace(/\n/g, ' ');
    if (!text) return '';
    this.notes.push(`[${this.notes.length + 1}] ${text}`);
    return `[${this.notes.length}]`;
  }
}
