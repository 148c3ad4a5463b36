// Whether the end of a text is inside Markdown code, where a tag is an example and not markup.

/** Follows a text as it grows. Inline code is looked for within one line. */
export class CodeScan {
  private fence = '';
  private line = '';

  feed(text: string): void {
    const lines = (this.line + text).split('\n');
    this.line = lines.pop() ?? '';
    for (const line of lines) this.endLine(line);
  }

  /** Inside a fenced block. */
  get inFence(): boolean {
    return this.fence !== '';
  }

  /** Inside a fenced block, or behind a backtick without its partner. */
  get inCode(): boolean {
    if (this.inFence) return true;
    let open = '';
    for (const [run] of this.line.matchAll(/`+/g)) {
      if (open === '') open = run;
      else if (open === run) open = '';
    }
    return open !== '';
  }

  /** Nothing but white space on the line so far. */
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
