// Converts a .docx to text with mammoth. Runs in a worker: a book takes seconds.
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import mammoth from 'mammoth';
import { AppError } from '../../shared/errors';
import { ZipBudget, type ZipRefusal } from '../../shared/zipBudget';
import type { DocumentText } from '../types';
import { documentText, type WordNode } from './documentText';
import { prepareXml } from './prepare';

/** Limit of all texts in a document after unpacking. */
const MAX_XML_BYTES = 60e6;
const PROPERTIES = 'docProps/app.xml';
/** Parts that hold text or say where it is; pictures, fonts, themes and embedded files stay packed. */
const PARTS =
  /^(\[Content_Types\]\.xml|_rels\/|docProps\/app\.xml)|\.rels$|^(?!customXml\/|docProps\/).*\.xml$/i;
const NO_TEXT =
  /(^|\/)(theme|media|embeddings|fonts|charts|diagrams|webSettings|fontTable|settings)(\/|\.xml)/i;

function unpack(bytes: Uint8Array, name: string): Record<string, Uint8Array> {
  const budget = new ZipBudget(bytes.length, MAX_XML_BYTES);
  const accept = (refusal: ZipRefusal | undefined) => {
    if (refusal?.kind === 'too-large') throw tooBig(name, refusal.bytes, refusal.maxBytes);
    if (refusal) throw damaged(name, 'has a list of parts that cannot be true');
  };
  try {
    return unzipSync(bytes, {
      filter(part) {
        accept(budget.see(part));
        if (!PARTS.test(part.name) || NO_TEXT.test(part.name)) return false;
        accept(budget.take(part.originalSize));
        return true;
      },
    });
  } catch (error) {
    throw error instanceof AppError ? error : damaged(name, 'cannot be unpacked', error);
  }
}

/**
 * @param bytes of a .docx file.
 * @throws AppError document-damaged, document-locked, document-too-big (after unpacking)
 */
export async function readWord(bytes: Uint8Array, name: string): Promise<DocumentText> {
  // An encrypted .docx is an OLE container, not a zip.
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    const message = `${name} is protected by a password. Save it without one.`;
    throw new AppError('document-locked', message, { name });
  }
  const parts = unpack(bytes, name);
  for (const path of Object.keys(parts)) {
    const isBody = /\.xml$/i.test(path) && /<[\w.-]+:(document|footnotes|endnotes)\b/.test(head(parts[path]));
    if (isBody) parts[path] = strToU8(prepareXml(strFromU8(parts[path])));
  }
  const pages = parts[PROPERTIES] && Number(/<Pages>(\d+)<\/Pages>/.exec(strFromU8(parts[PROPERTIES]))?.[1]);
  const text = await extract(zipSync(parts, { level: 0 }), name);
  return { kind: 'word', text, ...(pages ? { pages } : {}) };
}

const head = (part: Uint8Array): string => strFromU8(part.subarray(0, 20_000));

/** mammoth's tree of the document, before it becomes HTML, as text. */
async function extract(zip: Uint8Array, name: string): Promise<string> {
  let text: string | undefined;
  const transformDocument = (document: WordNode): WordNode => {
    text = documentText(document);
    return { ...document, children: [] };
  };
  try {
    // the browser's build reads `arrayBuffer`, Node's `buffer`
    const input = { arrayBuffer: Uint8Array.from(zip).buffer, buffer: zip };
    await mammoth.convertToHtml(input as unknown as { arrayBuffer: ArrayBuffer }, { transformDocument });
  } catch (error) {
    throw damaged(name, 'cannot be read', error);
  }
  if (text === undefined) throw damaged(name, 'has no main part');
  return text;
}

function damaged(name: string, why: string, cause?: unknown): AppError {
  return new AppError('document-damaged', `${name} ${why}.`, { name }, cause);
}

function tooBig(name: string, bytes: number, maxBytes: number): AppError {
  const message = `${name} unpacks to ${bytes} bytes or more, at most ${maxBytes} are read.`;
  return new AppError('document-too-big', message, { name, bytes, maxBytes });
}
