// The chat template of a file: what it can express is found out by rendering small chats, then every prompt comes from it.
// The result is pieces, as chatFormat.ts makes them itself for files without a template that can be used.
import type { ImagePart, Turn } from '../../protocol/chat';
import { seesPictures, type ChatTemplate, type Piece, type TemplateStyle } from '../chatPieces';
import type { Render } from './boundedJinja';
import { ForeignText, type Stretch } from './foreignText';
import { templateVariables } from './messages';

/** Longer texts after the last `<|assistant|>` are no header. */
const MAX_GIVEN_CHARS = 64;
/** For each of the small chats. */
const PROBE_STEPS = 20_000;
const ROLE = /^<\|(?:system|user|assistant|observation)\|>$/;
/** What looks like a special token. */
const SPECIAL_LOOK = /<\|[a-z_]+\|>|\[gMASK\]|<sop>/;

/**
 * Compiles a file's template and finds out what it can express.
 * @param specialNames of the file's vocabulary
 * @throws Error where it fails or renders something implausible
 */
export async function openTemplate(source: string, specialNames: readonly string[]): Promise<ChatTemplate> {
  const { compileTemplate } = await import('./boundedJinja');
  const render = compileTemplate(source);
  const probe = new Probe(render, specialNames);
  const given = probe.generationPrompt();
  probe.checkTalk();
  const style = probe.style();
  const answerStart = textOf(given);
  const switched = probe.withoutThought();
  return {
    style,
    given,
    answerStart,
    ...(switched && { withoutThought: { given: switched, answerStart: textOf(switched) } }),
    pieces(request) {
      const { family, messages, tools = [], addGenerationPrompt } = request;
      const isSwitched = request.withoutThought && switched !== undefined;
      const hasCalls = messages.some(({ parts }) => parts.some(({ type }) => type === 'call'));
      if ((hasCalls && style.calls === 'none') || (tools.length > 0 && style.tools === 'none'))
        return undefined;
      const foreign = new ForeignText(specialNames);
      const picture = seesPictures(request) ? family.format.picture : undefined;
      const { variables, runs, pictures } = templateVariables({
        turns: messages,
        picture,
        tools,
        style,
        foreign,
        thinks: family.thinks,
      });
      let stretches: Stretch[];
      try {
        const flags = { add_generation_prompt: addGenerationPrompt, ...(isSwitched && NOT_THINKING) };
        stretches = foreign.split(render({ ...variables, ...flags }));
      } catch {
        return undefined;
      }
      const prefix = missingPrefix(family.format.prefix, stretches, specialNames);
      const pieces = [...prefix, ...withAnswers(stretches, runs, isSwitched ? switched : given)];
      return picture ? withPictures(pieces, pictures, picture) : pieces;
    },
  };
}

/** The pieces with pictures where their two tokens stand; undefined where the template kept others than these. */
function withPictures(
  pieces: Piece[],
  pictures: readonly ImagePart[],
  { before, after }: { before: string; after: string },
): Piece[] | undefined {
  const isToken = (piece: Piece | undefined, name: string) =>
    piece !== undefined && 'special' in piece && piece.special === name;
  const result: Piece[] = [];
  let placed = 0;
  for (let i = 0; i < pieces.length; i++) {
    if (isToken(pieces[i], before) && isToken(pieces[i + 1], after) && placed < pictures.length) {
      result.push({ picture: pictures[placed++] });
      i++;
    } else result.push(pieces[i]);
  }
  return placed === pictures.length ? result : undefined;
}

/** Special tokens that the tokenizer puts in front, where the template does not. */
function missingPrefix(prefix: readonly string[], stretches: Stretch[], names: readonly string[]): Piece[] {
  const begins = prefix.some((name, i) => names.includes(name) && isSpecial(stretches[i], name));
  return begins ? [] : prefix.map((special) => ({ special, optional: true }));
}

const isSpecial = (stretch: Stretch | undefined, name: string): boolean =>
  stretch !== undefined && 'special' in stretch && stretch.special === name;
const isRole = (stretch: Stretch): boolean => 'special' in stretch && ROLE.test(stretch.special);
const pieceOf = (stretch: Stretch): Piece =>
  'special' in stretch ? { special: stretch.special } : { text: stretch.text };

/** The stretches as pieces, with every run that the template kept whole as one answer. */
function withAnswers(
  stretches: Stretch[],
  runs: ReturnType<typeof templateVariables>['runs'],
  given: readonly Piece[],
): Piece[] {
  const places = new Map<number, number>();
  stretches.forEach((stretch, index) => {
    if ('marks' in stretch) for (const mark of stretch.marks) places.set(mark, places.has(mark) ? -1 : index);
  });
  const pieces: Piece[] = [];
  let done = 0;
  for (const { parts, marks } of runs) {
    const at = marks.map((mark) => places.get(mark) ?? -1);
    if (at.some((place, i) => place < done || place < (at[i - 1] ?? 0))) continue;
    const start = stretches.findLastIndex((stretch, index) => index < at[0] && isRole(stretch)) + 1;
    if (start < 1 || start < done || !isSpecial(stretches[start - 1], '<|assistant|>')) continue;
    const next = stretches.findIndex((stretch, index) => index > (at.at(-1) ?? 0) && isRole(stretch));
    const end = next < 0 ? stretches.length : next;
    const written = afterGiven(stretches.slice(start, end).map(pieceOf), given);
    if (!written) continue;
    pieces.push(...stretches.slice(done, start).map(pieceOf), ...given, { answer: parts, instead: written });
    done = end;
  }
  return [...pieces, ...stretches.slice(done).map(pieceOf)];
}

/** The pieces without what a generation prompt gives; undefined if they begin otherwise. */
function afterGiven(pieces: Piece[], given: readonly Piece[]): Piece[] | undefined {
  const rest = [...pieces];
  for (const [i, want] of given.entries()) {
    const have = rest[0];
    if ('special' in want) {
      if (!have || !('special' in have) || have.special !== want.special) return undefined;
      rest.shift();
    } else {
      if (!have || !('text' in have) || !('text' in want) || !have.text.startsWith(want.text))
        return undefined;
      if (have.text.length === want.text.length) rest.shift();
      else if (i < given.length - 1) return undefined;
      else rest[0] = { text: have.text.slice(want.text.length) };
    }
  }
  return rest;
}

/** Renders small chats. */
class Probe {
  private readonly foreign: ForeignText;

  constructor(
    private readonly render: Render,
    specialNames: readonly string[],
  ) {
    this.foreign = new ForeignText(specialNames);
  }

  /** The same where reasoning is switched off; undefined for a template without a switch. */
  withoutThought(): Given | undefined {
    try {
      const given = this.generationPrompt(NOT_THINKING);
      return textOf(given) === textOf(this.generationPrompt()) ? undefined : given;
    } catch {
      return undefined;
    }
  }

  /** What follows the last `<|assistant|>`. @throws Error */
  generationPrompt(flags: Record<string, unknown> = {}): Given {
    const stretches = this.foreign.split(this.rendered([say('user', 'probe-q')], { flags }));
    const last = stretches.findLastIndex(isRole);
    const given = stretches.slice(last + 1);
    const text = (stretch: Stretch) => ('special' in stretch ? stretch.special : stretch.text);
    if (!isSpecial(stretches[last], '<|assistant|>') || given.map(text).join('').length > MAX_GIVEN_CHARS)
      throw new Error('no generation prompt');
    for (const stretch of stretches)
      if ('text' in stretch && SPECIAL_LOOK.test(stretch.text))
        throw new Error(`${SPECIAL_LOOK.exec(stretch.text)?.[0]} is no token of the vocabulary`);
    return given.map((stretch) => ('special' in stretch ? stretch : { text: stretch.text }));
  }

  /** Every turn stands in its place. @throws Error */
  checkTalk(): void {
    const talk = [
      say('system', 'probe-s'),
      say('user', 'probe-q'),
      say('assistant', 'probe-a'),
      say('user', 'probe-r'),
    ];
    const text = this.rendered(talk);
    const wanted =
      /<\|system\|>\s*probe-s<\|user\|>\s*probe-q\s*<\|assistant\|>[^|]*probe-a\s*<\|user\|>\s*probe-r/;
    if (!wanted.test(text)) throw new Error('turns are missing or in another order');
  }

  style(): TemplateStyle {
    const calls = (['metadata', 'tagged'] as const).find((style) => this.knowsCalls(style)) ?? 'none';
    const none = { calls, tools: 'none', builtIn: new Set() } as TemplateStyle;
    const tools =
      calls === 'none'
        ? 'none'
        : ((['global', 'message'] as const).find((tools) => this.knowsTool({ ...none, tools })) ?? 'none');
    const style: TemplateStyle = { ...none, tools };
    const builtIn = (['python', 'simple_browser', 'cogview'] as const).filter((type) => {
      const text = this.withTools({ ...style, builtIn: new Set([type]) }, type);
      return new RegExp(`## ${type}\\n`).test(text) && !text.includes(`"${type}"`);
    });
    return { ...style, builtIn: new Set(builtIn) };
  }

  private knowsTool(style: TemplateStyle): boolean {
    const text = this.withTools(style, 'function');
    return text.includes('probe_tool') && text.includes('probe-sentence');
  }

  private withTools(
    style: TemplateStyle,
    type: 'function' | 'python' | 'simple_browser' | 'cogview',
  ): string {
    const name = type === 'function' ? 'probe_tool' : type;
    const parameters = {
      type: 'object',
      properties: { probe_key: { type: 'string' } },
      required: ['probe_key'],
    };
    const tool = { type, name, description: 'probe-sentence', parameters };
    return this.rendered([say('user', 'probe-q')], { style, tools: [tool] });
  }

  private knowsCalls(calls: 'metadata' | 'tagged'): boolean {
    const style: TemplateStyle = { calls, tools: 'none', builtIn: new Set() };
    const call = {
      type: 'call',
      id: '1',
      tool: 'probe_tool',
      args: '{"k": "probe-v"}',
      state: 'done',
    } as const;
    const result = { type: 'result', callId: '1', parts: [], observation: 'probe-o' } as const;
    const turn: Turn = { role: 'assistant', parts: [call, { ...result, parts: [] }] };
    const text = this.rendered([say('user', 'probe-q'), turn], { style });
    return calls === 'metadata'
      ? /<\|assistant\|>probe_tool ?\n\{"k": "probe-v"\}<\|observation\|>\s*probe-o/.test(text)
      : /<tool_call>probe_tool\s*<arg_key>k<\/arg_key>\s*<arg_value>probe-v[^]*probe-o/.test(text);
  }

  private rendered(
    turns: Turn[],
    {
      style = NO_TOOLS,
      tools = [],
      flags = {},
    }: {
      style?: TemplateStyle;
      tools?: Parameters<typeof templateVariables>[0]['tools'];
      flags?: Record<string, unknown>;
    } = {},
  ): string {
    const { foreign } = this;
    const { variables } = templateVariables({ turns, tools, style, foreign, thinks: false });
    const text = this.safely({ ...variables, ...flags, add_generation_prompt: true }, style !== NO_TOOLS);
    return text.replace(/[\u{F0000}-\u{F8FFF}]/gu, '');
  }

  /** @param mayFail a template may refuse what it does not know */
  private safely(variables: Record<string, unknown>, mayFail: boolean): string {
    try {
      return this.render(variables, PROBE_STEPS);
    } catch (error) {
      if (!mayFail) throw error;
      return '';
    }
  }
}

type Given = ({ special: string } | { text: string })[];
const textOf = (given: Given): string =>
  given.map((piece) => ('special' in piece ? piece.special : piece.text)).join('');

/** The switch of GLM-4.5 and later. */
const NOT_THINKING = { enable_thinking: false };
const NO_TOOLS: TemplateStyle = { calls: 'none', tools: 'none', builtIn: new Set() };
const say = (role: Turn['role'], text: string): Turn => ({ role, parts: [{ type: 'text', text }] });
