// A chat as the messages that templates of the GLM line read.
import type { CallPart, ImagePart, Part, ResultPart, ToolSpec, Turn } from '../../protocol/chat';
import { observationOf, observationsOf, plainText, splitRuns, textsAndPictures } from '../chatParts';
import type { TemplateStyle } from '../chatPieces';
import { asFunctions, functionOf, writtenArgs } from '../toolArgs';
import type { ForeignText } from './foreignText';

type Message = Record<string, unknown>;

/** The tools as a template reads them. */
export function templateTools(tools: readonly ToolSpec[], { builtIn }: TemplateStyle): unknown[] {
  return tools.map((tool) =>
    builtIn.has(tool.type) ? { type: tool.type } : { type: 'function', function: functionOf(tool) },
  );
}

export interface MessageArgs {
  turns: readonly Turn[];
  tools: readonly ToolSpec[];
  style: TemplateStyle;
  foreign: ForeignText;
  /** Thoughts of the history are dropped. */
  thinks: boolean;
  /** Special tokens around a picture; without them there are none. */
  picture?: { before: string; after: string };
}

/** Variables for a template, and the marks of each run of parts that the model wrote. */
export function templateVariables(args: MessageArgs) {
  const { turns, tools, style, foreign, picture } = args;
  const pictures: ImagePart[] = [];
  /** Templates write a picture as its two special tokens; between them come its rows. */
  const written = (content: string | ImagePart): string => {
    if (typeof content === 'string') return foreign.guard(content);
    pictures.push(content);
    return `${picture?.before}${picture?.after}`;
  };
  const messages: Message[] = [];
  const runs: { parts: Part[]; marks: number[] }[] = [];
  let marks = 0;
  const described = foreign.guardAll(templateTools(tools, style));
  if (tools.length > 0 && style.tools === 'message')
    messages.push({ role: 'system', metadata: '', content: '', tools: described });
  for (const { role, parts } of turns) {
    if (role !== 'assistant') {
      const content = textsAndPictures(parts, picture !== undefined)
        .map(written)
        .join('');
      messages.push({ role, metadata: '', content });
      continue;
    }
    const calls = new Map(parts.flatMap((part) => (part.type === 'call' ? [[part.id, part] as const] : [])));
    for (const run of splitRuns(parts)) {
      if (run[0].type === 'result') {
        messages.push(...run.flatMap((part) => resultMessages(part as ResultPart, calls, args)));
        continue;
      }
      const first = marks;
      marks += run.length;
      const numbers = Array.from(run, (_, i) => first + i);
      runs.push({ parts: run, marks: numbers });
      messages.push(...(style.calls === 'tagged' ? taggedMessages : plainMessages)(run, first, args));
    }
  }
  return {
    variables: { messages, ...(tools.length > 0 && style.tools === 'global' && { tools: described }) },
    runs,
    pictures,
  };
}

function resultMessages(
  result: ResultPart,
  calls: Map<string, CallPart>,
  { foreign, style }: MessageArgs,
): Message[] {
  if (style.calls === 'tagged') return [{ role: 'tool', content: foreign.guard(observationOf(result)) }];
  const all = observationsOf(result, calls.get(result.callId), asFunctions(style.builtIn));
  return all.map(({ header, text }) => ({
    role: 'observation',
    metadata: foreign.guard(header),
    content: foreign.guard(text),
  }));
}

/** Each text and each call as a message of its own. */
function plainMessages(run: Part[], first: number, { foreign, thinks, style }: MessageArgs): Message[] {
  const functions = asFunctions(style.builtIn);
  const messages: Message[] = [];
  let thought = '';
  const say = (content: string, metadata = ''): void => {
    messages.push({ role: 'assistant', metadata, content });
  };
  run.forEach((part, i) => {
    const mark = (text: string) => foreign.mark(foreign.guard(text), first + i);
    if (part.type === 'thought') {
      // The tags are the format's own: they may be tokens.
      if (!thinks) thought = `<think>\n${mark(part.text)}${part.unfinished ? '' : '\n</think>\n\n'}`;
      if (run[i + 1]?.type !== 'text' && thought) say(thought);
    } else if (part.type === 'call') {
      // A message without content is not rendered at all by GLM-4's template.
      say(foreign.guard(writtenArgs(part, functions)) || '{}', mark(part.tool));
    } else say((run[i - 1]?.type === 'thought' ? thought : '') + mark(plainText(part)));
  });
  return messages;
}

/** Reasoning, text and the calls after it as one message. */
function taggedMessages(run: Part[], first: number, { foreign, style }: MessageArgs): Message[] {
  const functions = asFunctions(style.builtIn);
  const messages: Message[] = [];
  let open: Message | undefined;
  const message = (isFree: (message: Message) => boolean): Message => {
    if (!open || !isFree(open)) messages.push((open = { role: 'assistant', content: '' }));
    return open;
  };
  run.forEach((part, i) => {
    const mark = (text: string) => foreign.mark(foreign.guard(text), first + i);
    if (part.type === 'thought')
      message(
        (open) => !('reasoning_content' in open) && !open.content && !open.tool_calls,
      ).reasoning_content = mark(part.text);
    else if (part.type === 'call') {
      const { tool_calls: others = [] } = message(() => true) as { tool_calls?: unknown[] };
      const made = {
        name: mark(part.tool),
        arguments: foreign.guardAll(objectOf(writtenArgs(part, functions))),
      };
      (open as Message).tool_calls = [...others, { type: 'function', function: made }];
    } else message((open) => !open.content && !open.tool_calls).content = mark(plainText(part));
  });
  return messages;
}

/** Arguments as an object; what is none becomes its only value. */
function objectOf(args: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(args || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // not JSON
  }
  return { input: args };
}
