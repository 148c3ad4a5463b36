// Reads the parts of a message from an export, and the attachments that stood in their place in version 2.
import type { CallState, FileText, Observation, Part, ResultPart } from '../../../protocol/chat';
import { AppError } from '../../../shared/errors';
import type { AttachmentVersion2 } from '../chatSchema';
import { asId, asList, asNumber, asObject, asText, damaged, field, type Found } from './shape';

export const MOST_PARTS = 1000;
const MOST_COLUMNS = 1000;
const MOST_ROWS = 10_000;

const CALL_STATES: CallState[] = [
  'writing',
  'asks',
  'runs',
  'done',
  'failed',
  'stopped',
  'refused',
  'unknown',
];

/** Finds the values of one object by key. */
const reader = (found: Found) => {
  const object = asObject(found);
  const of = (key: string) => field(object, key, found);
  return {
    of,
    text: (key: string, otherwise?: string) => asText(of(key), otherwise),
    /** The number of a key under the same name, where there is one. */
    numbers: (...keys: string[]): Record<string, number> =>
      Object.fromEntries(
        keys.flatMap((key) => (of(key).value === undefined ? [] : [[key, asNumber(of(key))]])),
      ),
  };
};

function readBlob(data: Found, mediaType: string): Blob {
  try {
    const binary = atob(asText(data));
    return new Blob([Uint8Array.from(binary, (char) => char.charCodeAt(0))], { type: mediaType });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw damaged(data, 'no base64');
  }
}

/** What the model reads of a file. */
function readDocument(found: Found): FileText {
  const { of, text, numbers } = reader(found);
  return {
    kind: text('kind'), // a word to show; none is acted upon
    text: text('text'),
    ...numbers('pages', 'emptyPages', 'tokens', 'cutFrom'),
    ...(of('encoding').value !== undefined && { encoding: text('encoding') }),
    ...(of('guessed').value === true && { guessed: true }),
  };
}

/** A file as version 2 has it. */
export function readAttachment(found: Found): AttachmentVersion2 {
  const { of, text } = reader(found);
  const mediaType = text('mediaType', '');
  const document = of('document');
  return {
    id: asId(of('id')),
    name: text('name'),
    mediaType,
    bytes: readBlob(of('base64'), mediaType),
    ...(document.value !== undefined && { document: readDocument(document) }),
  };
}

function readFile(found: Found): Part {
  const { bytes, ...rest } = readAttachment(found);
  return { type: 'file', ...rest, blob: bytes };
}

function readState(found: Found): CallState {
  const state = CALL_STATES.find((one) => one === found.value);
  if (!state) throw damaged(found, 'no state of a call we know');
  return state;
}

/** Results hold texts, tables, pictures, files and citations. */
function readResult(found: Found): ResultPart {
  const { of } = reader(found);
  const parts = readParts(of('parts'));
  const allowed = parts.filter(
    (part) =>
      part.type === 'text' ||
      part.type === 'table' ||
      part.type === 'image' ||
      part.type === 'file' ||
      part.type === 'citation',
  );
  if (allowed.length < parts.length)
    found.report.mend(of('parts').where, 'only text, tables, images, files and citations were expected');
  return {
    type: 'result',
    callId: asId(of('callId')),
    parts: allowed,
    ...(of('observation').value !== undefined && { observation: asText(of('observation')) }),
    ...(of('observations').value !== undefined && { observations: readObservations(of('observations')) }),
    ...(of('failed').value === true && { failed: true }),
  };
}

const readObservations = (found: Found): Observation[] =>
  asList(found, MOST_PARTS).map((one) => {
    const { text } = reader(one);
    return { header: text('header').split('\n', 1)[0], text: text('text') };
  });

const readCells = (found: Found): string[] => asList(found, MOST_COLUMNS).map((cell) => asText(cell));

function readTable(found: Found): Part {
  const { of } = reader(found);
  return {
    type: 'table',
    columns: readCells(of('columns')),
    rows: asList(of('rows'), MOST_ROWS).map(readCells),
    totalRows: asNumber(of('totalRows'), 0),
  };
}

function readPart(found: Found): Part {
  const { of, text, numbers } = reader(found);
  switch (of('type').value) {
    case 'text':
      return { type: 'text', text: text('text') };
    case 'thought':
      return {
        type: 'thought',
        text: text('text'),
        ...numbers('thinkingMs', 'tokens'),
        ...(of('unfinished').value === true && { unfinished: true }),
        ...(of('atBudget').value === true && { atBudget: true }),
      };
    case 'call':
      return {
        type: 'call',
        id: asId(of('id')),
        tool: text('tool'),
        args: text('args'),
        state: readState(of('state')),
        ...numbers('ranMs'),
      };
    case 'result':
      return readResult(found);
    case 'table':
      return readTable(found);
    case 'image':
      return {
        type: 'image',
        blob: readBlob(of('base64'), text('mediaType', '')),
        alt: text('alt', ''),
        ...numbers('width', 'height'),
      };
    case 'audio':
      return {
        type: 'audio',
        blob: readBlob(of('base64'), text('mediaType', '')),
        ...(of('transcript').value !== undefined && { transcript: text('transcript') }),
        ...numbers('seconds'),
      };
    case 'file':
      return readFile(found);
    case 'citation':
      return {
        type: 'citation',
        source: asNumber(of('source')),
        title: text('title', ''),
        url: text('url', ''),
        quote: text('quote', ''),
        readAt: asNumber(of('readAt'), 0),
        ...numbers('page'),
        ...(of('hit').value === true && { hit: true }),
      };
    default:
      throw damaged(of('type'), 'no kind of part we know');
  }
}

/** Parts that cannot be read are left out. @throws AppError import-damaged when it is no list */
export const readParts = (found: Found): Part[] =>
  asList(found, MOST_PARTS).flatMap((part) => found.report.attempt(() => readPart(part)) ?? []);
