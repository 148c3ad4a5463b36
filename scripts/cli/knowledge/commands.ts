// `glm index`: files to a .glmagent. `glm find`: the passages in one that answer a question. No model, no browser.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DocumentText } from '../../../src/documents/readDocument';
import { writeAgent, AGENT_EXTENSION } from '../../../src/knowledge/agentFile/agentFile';
import { emptyCard } from '../../../src/knowledge/agentFile/card';
import { chunkText, findPassages, makeBase, type KnowledgeBase } from '../../../src/knowledge/base';
import { BATCH, withVectors, type Embedder } from '../../../src/knowledge/index/vectors';
import { AppError } from '../../../src/shared/errors';
import { openAgent } from './agentFile';
import { questionVector } from './embedder';
import { filesIn } from './files';
import { readFromDisk } from './readers';

const note = (text: string) => void process.stderr.write(`${text}\n`);
const print = (value: unknown) => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** Replaces a file in one step: a full disk leaves the old one. */
function writeWhole(file: string, bytes: Uint8Array): void {
  const part = `${file}.part`;
  try {
    writeFileSync(part, bytes);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    const message = `${file} cannot be written (${String(code)}). Check the folder, its permissions and its free space.`;
    throw new AppError('file-unreadable', message, { name: file }, error);
  }
}

/**
 * Writes an agent that knows the files; prints what it holds as one line of JSON. A file that cannot be read is named on
 * stderr and left out.
 * @throws AppError agent-empty, when no file could be read; file-unreadable, when the result cannot be written
 */
export async function indexFiles(named: readonly string[], out: string, embedder?: Embedder): Promise<void> {
  const documents: { name: string; document: DocumentText }[] = [];
  const files = filesIn(named).filter((file) => path.resolve(file.path) !== path.resolve(out));
  for (const { path: file, name } of files) {
    try {
      const document = await readFromDisk(file, name);
      documents.push({ name, document });
      if (document.guessed) note(`${name}: read as ${document.encoding}`);
      if (document.emptyPages)
        note(`${name}: ${document.emptyPages} of ${document.pages} pages have no text`);
    } catch (error) {
      const known = error instanceof AppError && error.code !== 'bug';
      note(`${name}: left out: ${known ? `${error.code}: ${error.message}` : String(error)}`);
    }
  }
  const left = files.length - documents.length;
  if (left > 0) note(`${left} of ${files.length} files left out`);
  if (documents.length === 0)
    throw new AppError('agent-empty', `No file could be read: ${out} is not written.`, { name: out });
  const base = makeBase(documents);
  const knowledge = embedder ? await embedded(base, embedder) : base;
  const card = emptyCard(path.basename(out, AGENT_EXTENSION));
  const bytes = writeAgent({ card, knowledge });
  writeWhole(out, bytes);
  const chunks = knowledge.files.map(() => 0);
  for (const { file } of knowledge.chunks) chunks[file]++;
  const list = knowledge.files.map(({ name, ...file }, i) => ({ file: name, ...file, chunks: chunks[i] }));
  print({ out, bytes: bytes.length, chunks: knowledge.chunks.length, leftOut: left, files: list });
}

/** The base with vectors of all its chunks. */
async function embedded(base: KnowledgeBase, embedder: Embedder): Promise<KnowledgeBase> {
  let { vectors } = base;
  for (let done = 0; done < base.chunks.length; done += BATCH) {
    const texts = base.chunks.slice(done, done + BATCH).map(chunkText);
    vectors = withVectors(vectors, embedder.model, await embedder.embed(texts, 'passage'));
    if (process.stderr.isTTY) process.stderr.write(`\rembedded ${done + texts.length}/${base.chunks.length}`);
  }
  return { ...base, ...(vectors && { vectors }) };
}

/**
 * Prints one line of JSON per passage, best first: file, page (PDF), score, text.
 * @throws AppError file-unreadable, agent-empty, and those of readAgent
 */
export async function findInAgent(
  file: string,
  question: string,
  limit: number,
  embedder?: Embedder,
): Promise<void> {
  const { knowledge } = openAgent(file);
  if (!knowledge || knowledge.chunks.length === 0)
    throw new AppError('agent-empty', `The agent in ${file} knows no files.`, { name: file });
  if (embedder && knowledge.vectors?.model !== embedder.model)
    note(`${file} has no vectors of this model: index its files again with --embedder.`);
  const passages = findPassages(knowledge, question, {
    limit,
    vector: await questionVector(knowledge, question, embedder),
  });
  if (passages.length === 0) note('No passage has words of the question.');
  for (const { score, ...passage } of passages) {
    const { file: name, page, text } = passage;
    print({ file: name, ...(page !== undefined && { page }), score: Number(score.toFixed(4)), text });
  }
}
