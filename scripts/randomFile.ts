// Writes GGUF files of random weights at their real size. They stream to disk. Every 64 rows of a matrix come from another
// offset of a page of random blocks, so that a reader that confuses tiles is detected.
import { closeSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { GGML_TYPES, ggufHeader, type GgufMetadata, type GgufTensorInfo } from '../src/testing/gguf';
import { seeded } from '../src/testing/random';
import { randomBlocks } from '../src/testing/randomWeights';
import { randomVector } from '../src/testing/tinyModel';

/** Rows taken from one offset of the page: a tile of src/shared/weightLayout.ts. */
const TILE_ROWS = 64;
const MIN_PAGE_BLOCKS = 2 ** 15;
const WRITE_BYTES = 16 * 2 ** 20;

/** Appends to a file in large pieces. */
class FileWriter {
  private readonly buffer = new Uint8Array(WRITE_BYTES);
  private used = 0;
  constructor(private readonly fd: number) {}

  write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const piece = bytes.subarray(from, from + WRITE_BYTES - this.used);
      this.buffer.set(piece, this.used);
      this.used += piece.length;
      from += piece.length;
      if (this.used === WRITE_BYTES) this.flush();
    }
  }

  flush(): void {
    for (let from = 0; from < this.used;) from += writeSync(this.fd, this.buffer, from, this.used - from);
    this.used = 0;
  }
}

/** Random blocks of one type and spread. */
interface Page {
  bytes: Uint8Array;
  numBlocks: number;
  /** Number of blocks used so far. */
  position: number;
}

export interface RandomFile {
  out: string;
  metadata: GgufMetadata;
  tensors: readonly GgufTensorInfo[];
  /** Standard deviation of a matrix. */
  std: (info: GgufTensorInfo) => number;
  seed: number;
}

/** Writes the file. The same arguments give the same bytes. @returns a line about it */
export function writeRandomFile({ out, metadata, tensors, std: stdOf, seed }: RandomFile): string {
  const pages = new Map<string, Page>();

  /** The page for a matrix, with at least as many blocks as the matrix has rows. */
  function pageFor(info: GgufTensorInfo): Page {
    const std = stdOf(info);
    const numBlocks = 2 ** Math.ceil(Math.log2(Math.max(info.shape[0], MIN_PAGE_BLOCKS)));
    const key = `${info.type} ${std} ${numBlocks}`;
    let page = pages.get(key);
    if (!page) {
      const bytes = randomBlocks(info.type, numBlocks, std, seeded(seed * 1000 + pages.size));
      page = { bytes, numBlocks, position: 0 };
      pages.set(key, page);
    }
    return page;
  }

  /**
   * Cycles through the page, shifted by one block per cycle, so that every row of a matrix starts at a different block.
   * Equal rows of the head would give equal logits.
   */
  function writeMatrix(writer: FileWriter, info: GgufTensorInfo): void {
    const [rows, ...rest] = info.shape;
    const [, blockWeights, blockBytes] = GGML_TYPES[info.type];
    const page = pageFor(info);
    const rowBlocks = rest.reduce((product, size) => product * size, 1) / blockWeights;
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const blocks = Math.min(TILE_ROWS, rows - row) * rowBlocks;
      const round = Math.floor(page.position / page.numBlocks);
      let at = ((page.position + round) % page.numBlocks) * blockBytes;
      page.position += blocks;
      for (let left = blocks * blockBytes; left > 0; at = 0) {
        const piece = page.bytes.subarray(at, at + left);
        writer.write(piece);
        left -= piece.length;
      }
    }
  }

  const started = performance.now();
  const header = ggufHeader(metadata, tensors);
  const fd = openSync(out, 'w');
  const writer = new FileWriter(fd);
  writer.write(header.bytes);
  tensors.forEach((info, i) => {
    if (info.shape.length === 1) writer.write(randomVector(info, seeded(seed * 1000 + 500 + i)));
    else writeMatrix(writer, info);
    const { paddedBytes, byteLength } = header.placements[i];
    writer.write(new Uint8Array(paddedBytes - byteLength));
  });
  writer.flush();
  closeSync(fd);
  const seconds = (performance.now() - started) / 1000;
  return (
    `${basename(out)}: ${(header.totalBytes / 1e9).toFixed(3)} GB (header ${(header.bytes.length / 1e6).toFixed(1)} MB), ` +
    `${tensors.length} tensors, ${seconds.toFixed(1)} s, ${(header.totalBytes / 1e6 / seconds).toFixed(0)} MB/s`
  );
}
