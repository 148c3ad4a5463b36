// Converts a .docx to text: a zip with WordprocessingML (ECMA-376 part 1). Loaded with the first such file.
import { strFromU8, unzipSync } from 'fflate';
import { AppError } from '../shared/errors';
import type { DocumentText } from './types';

/** Limit after unpacking, so that a zip bomb cannot exhaust memory. */
const MAX_XML_BYTES = 60e6;
const BODY = 'word/document.xml';
const PROPERTIES = 'docProps/app.xml';
const TAG = /<(\/?)([\w:]+)([^>]*?)(\/?)>|([^<]+)/g;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
    if (name) return ENTITIES[name as string] ?? all;
    const code = hex ? parseInt(hex as string, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });

/** Converts paragraphs, headings, list items, table rows and breaks of a document body, to Markdown where possible. */
function wordXmlToText(xml: string): string {
  const lines: string[] = [];
  let line = '';
  let prefix = '';
  let inText = false;
  let deleted = 0;
  /** Cells of the open table rows; a stack, because tables nest. */
  const rows: string[][] = [];
  const endParagraph = () => {
    const text = (prefix + line).trimEnd();
    const row = rows.at(-1);
    if (row && row.length > 0) row[row.length - 1] += (row[row.length - 1] && ' ') + text;
    else lines.push(text);
    [line, prefix] = ['', ''];
  };
  for (const [, close, name, attributes, selfClosing, text] of xml.matchAll(TAG)) {
    if (text !== undefined) {
      if (inText && deleted === 0) line += unescapeXml(text);
      continue;
    }
    const opens = !close;
    if (name === 'w:t') inText = opens && !selfClosing;
    else if (name === 'w:del' && !selfClosing) deleted += opens ? 1 : -1;
    else if (name === 'w:tab' && opens && inRun(attributes)) line += '\t';
    else if ((name === 'w:br' || name === 'w:cr') && opens) line += '\n';
    else if (name === 'w:pStyle') prefix = stylePrefix(attributes) || prefix;
    else if (name === 'w:numPr' && opens) prefix ||= '- ';
    else if (name === 'w:p' && (!opens || selfClosing)) endParagraph();
    else if (name === 'w:tr' && opens) rows.push([]);
    else if (name === 'w:tr') lines.push(`| ${(rows.pop() ?? []).join(' | ')} |`);
    else if (name === 'w:tc' && opens) rows.at(-1)?.push('');
  }
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** A tab stop in a paragraph's properties has attributes; a tab in a run has none. */
const inRun = (attributes: string): boolean => attributes.trim() === '';

function stylePrefix(attributes: string): string {
  const style = /w:val="([^"]*)"/.exec(attributes)?.[1] ?? '';
  const level = /^(?:heading|berschrift|标题)\s*(\d)$/i.exec(style)?.[1];
  if (level) return `${'#'.repeat(Number(level))} `;
  if (/^title$/i.test(style)) return '# ';
  return /^list/i.test(style) ? '- ' : '';
}

/** @throws AppError document-damaged, document-locked, document-too-big */
export function readWord(bytes: Uint8Array, name: string): DocumentText {
  // An encrypted .docx is an OLE container, not a zip.
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    throw new AppError('document-locked', `${name} is protected by a password. Save it without one.`, {
      name,
    });
  }
  let parts: Record<string, Uint8Array>;
  try {
    parts = unzipSync(bytes, {
      filter(part) {
        if (part.name !== BODY && part.name !== PROPERTIES) return false;
        if (part.originalSize <= MAX_XML_BYTES) return true;
        const details = { name, bytes: part.originalSize, maxBytes: MAX_XML_BYTES };
        throw new AppError('document-too-big', `${name} holds too much text.`, details);
      },
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('document-damaged', `${name} cannot be unpacked.`, { name }, error);
  }
  if (!parts[BODY]) throw new AppError('document-damaged', `${name} has no ${BODY}.`, { name });
  const pages = parts[PROPERTIES] && Number(/<Pages>(\d+)<\/Pages>/.exec(strFromU8(parts[PROPERTIES]))?.[1]);
  return { kind: 'word', text: wordXmlToText(strFromU8(parts[BODY])), ...(pages ? { pages } : {}) };
}
