// What a file becomes: text that a model can read.
export type DocumentKind = 'text' | 'markdown' | 'code' | 'table' | 'web' | 'pdf' | 'word';

export interface DocumentText {
  kind: DocumentKind;
  /** Line feeds only, no markup but what Markdown has. */
  text: string;
  /** Where the format has pages. */
  pages?: number;
  /** Of text files: as it was found, such as 'gb18030'. */
  encoding?: string;
}
