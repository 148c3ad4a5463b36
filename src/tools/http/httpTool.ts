// Runs functions that are HTTP requests.
import { charsetOf } from '../../network/fetchOutside';
import type { HttpAnswer, HttpRequest } from '../../network/httpRequest';
import type { ResultPart } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import type { UserFunction } from '../functions/definition';
import { fault, faultForModel, faultForPeople, ToolFailure, type Fault } from '../faults';
import { specOf } from '../functions/spec';
import type { Tool, ToolOutcome } from '../tool';
import { addressFault, originOf, prepareRequest, secretsOf, type HttpEndpoint } from './endpoint';
import { redact, secretIn, type ReadSecrets, type Secret } from './secrets';

export interface HttpDeps {
  secrets: ReadSecrets;
  send: (request: HttpRequest, signal?: AbortSignal) => Promise<HttpAnswer>;
}

const MAX_BYTES = 1e6;
const TIMEOUT_MS = 30_000;

export const failedOutcome = (...faults: Fault[]): ToolOutcome => ({
  parts: [{ type: 'text', text: faults.map(faultForPeople).join('\n') }],
  observation: `The call failed. ${faults.map(faultForModel).join(' ')}`,
  failed: true,
});

export function httpTool(
  definition: UserFunction & { http: HttpEndpoint },
  { secrets, send }: HttpDeps,
): Tool {
  const { http, name } = definition;
  return {
    spec: specOf(definition),
    reach: 'sends',
    async run(args, { signal }): Promise<ToolOutcome> {
      if (addressFault(http.url)) return failedOutcome(fault('address'));
      const wanted = secretsOf(http);
      const known = await secrets(wanted);
      const why = secretFault(http, wanted, known);
      if (why) return failedOutcome(why);
      const spilt = secretIn(args, known);
      if (spilt) return failedOutcome(fault('spilt', { name: spilt.name }));
      let answer: HttpAnswer;
      try {
        const value = (args.trim() ? JSON.parse(args) : {}) as Record<string, unknown>;
        const prepared = prepareRequest(
          http,
          value,
          (one) => known.find((each) => each.name === one)?.value ?? '',
        );
        if (originOf(prepared.url) !== originOf(http.url)) return failedOutcome(fault('otherHost'));
        answer = await send({ ...prepared, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS }, signal);
      } catch (error) {
        if (error instanceof ToolFailure) return failedOutcome(...error.faults);
        if (signal.aborted || !(error instanceof AppError)) throw error;
        return failedOutcome(whyUnread(error, http.url));
      }
      return outcomeOf(answer, { name, host: hostOf(http.url), secrets: known });
    },
  };
}

function secretFault(
  { url }: HttpEndpoint,
  wanted: readonly string[],
  known: readonly Secret[],
): Fault | undefined {
  const missing = wanted.find((name) => !known.some((one) => one.name === name));
  if (missing) return fault('noSecret', { name: missing });
  const other = known.find(({ origin }) => origin !== originOf(url));
  return other && fault('otherSecret', { ...other, target: originOf(url) ?? url });
}

/** Scheme, host and port; the whole of an address that has none. */
export const hostOf = (url: string): string => originOf(url) ?? url;

/** Why nothing was read: "may not be read from a page" is told apart from "is down". */
export function whyUnread({ code }: AppError, url: string): Fault {
  const host = hostOf(url);
  if (code === 'server-refused') return fault('refused', { host });
  return fault(code === 'server-blocked' ? 'blocked' : 'down', { host });
}

const isText = (type: string): boolean =>
  /^text\/|[/+](?:json|xml|yaml|csv|javascript|x-ndjson)|^$|urlencoded/.test(type.split(';')[0].trim());

/** The text in the encoding that the answer names; UTF-8 where it names none that browsers know. */
async function textOf(body: Blob, type: string): Promise<string> {
  const bytes = new Uint8Array(await body.arrayBuffer());
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, 2048));
  try {
    return new TextDecoder(charsetOf(type, beginning)).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** What an answer is for people and for the model. */
export async function outcomeOf(
  answer: HttpAnswer,
  { name, host, secrets }: { name: string; host: string; secrets: readonly Secret[] },
): Promise<ToolOutcome> {
  if (answer.kind === 'redirect') return failedOutcome(fault('redirect', { host }));
  if (answer.kind === 'timeout')
    return failedOutcome(fault('late', { host, seconds: String(TIMEOUT_MS / 1000) }));
  const { status, type, body, cut } = answer;
  const failed = status >= 400;
  const mediaType = type.split(';')[0].trim();
  if (!isText(type) && !failed) {
    const part: ResultPart['parts'][number] = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/.test(mediaType)
      ? { type: 'image', blob: body, alt: name }
      : { type: 'file', id: 'body', name: `${name}.${endingOf(mediaType)}`, mediaType, blob: body };
    return { parts: [part], observation: `${mediaType}, ${body.size} bytes${cut ? ' (cut)' : ''}` };
  }
  const text = redact(await textOf(body, type), secrets);
  const note = cut ? `\n[cut after ${MAX_BYTES} bytes]` : '';
  const shown = text.trim() ? text + note : `HTTP ${status}`;
  return {
    parts: [{ type: 'text', text: failed ? `HTTP ${status}\n${text}`.trim() : shown }],
    observation: failed ? `The call failed: HTTP ${status}. ${text}`.trim() : text + note,
    ...(failed && { failed }),
  };
}

const endingOf = (mediaType: string): string => /\/(?:x-)?([\w]+)/.exec(mediaType)?.[1] ?? 'bin';
