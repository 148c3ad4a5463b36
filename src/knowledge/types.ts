// What an agent knows: files, cut into chunks, and what a search finds in them.
import type { DocumentKind } from '../documents/types';

/** A file of a knowledge base; its text lies in the chunks. */
export interface KnownFile {
  name: string;
  kind: DocumentKind;
  /** Number of pages, for formats with pages. */
  pages?: number;
  /** Encoding of a text file, such as 'gb18030'. */
  encoding?: string;
}

export interface Chunk {
  /** Index into the base's files. */
  file: number;
  /** Page where the text begins, from 1, for PDF. A chunk never crosses a page. */
  page?: number;
  /** Headings above the chunk, outermost first, joined by ` › `. */
  title: string;
  text: string;
}

/** Vectors of the first chunks, made by an embedding model; where it has read them all, one per chunk. */
export interface Vectors {
  model: string;
  dimension: number;
  values: Int8Array;
}

export interface Passage {
  file: string;
  page?: number;
  score: number;
  /** Headings and text. */
  text: string;
}
