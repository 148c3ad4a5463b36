// The result of reading a file: text for a model.
export type DocumentKind = 'text' | 'markdown' | 'code' | 'table' | 'web' | 'pdf' | 'word';

export interface DocumentText {
  kind: DocumentKind;
  /** Line ends are line feeds; no markup other than Markdown. */
  text: string;
  /** Number of pages, for formats with pages. */
  pages?: number;
  /** Where each page begins in `text`, for PDF. */
  pageStarts?: number[];
  /** Pages without text, such as scans, where there are many. */
  emptyPages?: number;
  /** Detected encoding of a text file, such as 'gb18030'. */
  encoding?: string;
  /** The bytes do not prove the encoding, or the reader chose it. */
  guessed?: boolean;
}
