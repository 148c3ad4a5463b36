// Runs functions that are HTTP requests.
import type { HttpAnswer, HttpRequest } from '../../network/httpRequest';
import type { ResultPart } from '../../protocol/chat';
import { AppError } from '../../shared/errors';
import type { UserFunction } from '../functions/definition';
import { specOf } from '../functions/spec';
import type { Tool, ToolOutcome } from '../tool';
import {
  addressFault,
  BadArgument,
  originOf,
  prepareRequest,
  secretsOf,
  type HttpEndpoint,
} from './endpoint';
import { redact, secretIn, type ReadSecrets, type Secret } from './secrets';

export interface HttpDeps {
  secrets: ReadSecrets;
  send: (request: HttpRequest, signal?: AbortSignal) => Promise<HttpAnswer>;
}

const MAX_BYTES = 1e6;
const TIMEOUT_MS = 30_000;

export const failedOutcome = (why: string): ToolOutcome => ({
  parts: [{ type: 'text', text: why }],
  observation: `The call failed. ${why}`,
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
      const fault = addressFault(http.url);
      if (fault) return failedOutcome(`The function's address cannot be used: ${fault}.`);
      const wanted = secretsOf(http);
      const known = await secrets(wanted);
      const why = secretFault(http, wanted, known);
      if (why) return failedOutcome(why);
      const spilt = secretIn(args, known);
      if (spilt)
        return failedOutcome(`The arguments hold the value of the secret ${spilt.name}; nothing was sent.`);
      let answer: HttpAnswer;
      try {
        const value = (args.trim() ? JSON.parse(args) : {}) as Record<string, unknown>;
        const prepared = prepareRequest(
          http,
          value,
          (one) => known.find((each) => each.name === one)?.value ?? '',
        );
        if (originOf(prepared.url) !== originOf(http.url))
          return failedOutcome('The address leads to another host; nothing was sent.');
        answer = await send({ ...prepared, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS }, signal);
      } catch (error) {
        if (error instanceof BadArgument) return failedOutcome(`${error.message}; nothing was sent.`);
        if (signal.aborted || !(error instanceof AppError)) throw error;
        return failedOutcome(whyUnread(error, http.url));
      }
      return outcomeOf(answer, { name, secrets: known });
    },
  };
}

function secretFault(
  { url }: HttpEndpoint,
  wanted: readonly string[],
  known: readonly Secret[],
): string | undefined {
  const missing = wanted.find((name) => !known.some((one) => one.name === name));
  if (missing) return `The secret ${missing} has no value; the user can enter it in the settings.`;
  const other = known.find(({ origin }) => origin !== originOf(url));
  return other && `The secret ${other.name} belongs to ${other.origin} and is not sent to ${originOf(url)}.`;
}

/** Why nothing was read: "may not be read from a page" is told apart from "is down". */
export function whyUnread({ code }: AppError, url: string): string {
  const host = originOf(url) ?? url;
  if (code === 'server-refused')
    return `${host} answers, but does not allow web pages to read it (CORS). A relay can be used for it.`;
  if (code === 'server-blocked') return `The browser keeps this page from ${host}.`;
  return `${host} does not answer.`;
}

const isText = (type: string): boolean =>
  /^text\/|[/+](?:json|xml|yaml|csv|javascript|x-ndjson)|^$|urlencoded/.test(type.split(';')[0].trim());

/** What an answer is for people and for the model. */
export async function outcomeOf(
  answer: HttpAnswer,
  { name, secrets }: { name: string; secrets: readonly Secret[] },
): Promise<ToolOutcome> {
  if (answer.kind === 'redirect')
    return failedOutcome('The host sends the request on to another address, which was not followed.');
  if (answer.kind === 'timeout') return failedOutcome(`No answer within ${TIMEOUT_MS / 1000} s.`);
  const { status, type, body, cut } = answer;
  const failed = status >= 400;
  const mediaType = type.split(';')[0].trim();
  if (!isText(type) && !failed) {
    const part: ResultPart['parts'][number] = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/.test(mediaType)
      ? { type: 'image', blob: body, alt: name }
      : { type: 'file', id: 'body', name: `${name}.${endingOf(mediaType)}`, mediaType, blob: body };
    return { parts: [part], observation: `${mediaType}, ${body.size} bytes${cut ? ' (cut)' : ''}` };
  }
  const text = redact(await body.text(), secrets);
  const note = cut ? `\n[cut after ${MAX_BYTES} bytes]` : '';
  const shown = text.trim() ? text + note : `HTTP ${status}`;
  return {
    parts: [{ type: 'text', text: failed ? `HTTP ${status}\n${text}`.trim() : shown }],
    observation: failed ? `The call failed: HTTP ${status}. ${text}`.trim() : text + note,
    ...(failed && { failed }),
  };
}

const endingOf = (mediaType: string): string => /\/(?:x-)?([\w]+)/.exec(mediaType)?.[1] ?? 'bin';
