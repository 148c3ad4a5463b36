// Tracks whether the end of a text is inside Markdown code, where a tag is an example rather than markup.

/** Scans a growing text. Inline code is detected within one line. */
export class CodeScan {
  private fence = '';
  private line = '';

  feed(text: string): void {
    const lines = (this.line + text).split('\n');
    this.line = lines.pop() ?? '';
    for (const line of lines) this.endLine(line);
  }

  /** True inside a fenced block. */
  get inFence(): boolean {
    return this.fence !== '';
  }

  /** True inside a fenced block, or after an unmatched backtick. */
  get inCode(): boolean {
    if (this.inFence) return true;
    let open = '';
    for (const [run] of this.line.matchAll(/`+/g)) {
      if (open === '') open = run;
      else if (open === run) open = '';
    }
    return open !== '';
  }

  /** True while the current line has only white space. */
  get atLineStart(): boolean {
    return this.line.trim() === '';
  }

  private endLine(line: string): void {
    const [, marks = '', info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line.replace(/\r$/, '')) ?? [];
    if (this.fence === '') {
      if (marks && !(marks.startsWith('`') && info.includes('`'))) this.fence = marks;
    } else if (marks.startsWith(this.fence) && info.trim() === '') this.fence = '';
  }
}
