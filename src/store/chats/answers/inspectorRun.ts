// One run of the inspector: an answer's requests once more, their tokens, and where they part from the answer. Its code
// comes with the first inspection.
import type { Background, BackgroundOptions } from '../../../agent/background';
import type { Answerer } from '../../../agent/answerer';
import { turnRequest, type TurnRequest } from '../../../agent/turnRequest';
import type { Part } from '../../../protocol/chat';
import { toWireError, type WireError } from '../../../shared/errors';
import { withPartEvent } from '../../../shared/parts';
import { writtenText } from '../partText';
import { pathTo } from '../tree';
import type { ToolDesk } from './toolDesk';
import { thinkingTokens } from '../../answerSettings';
import type { ChatsPorts } from '../../ports';
import type { AssistantMessage, Chat, InspectedToken, Inspection } from '../types';

export interface RunParts {
  background: Background;
  tools: ToolDesk;
  ports: Pick<ChatsPorts, 'model' | 'answering' | 'servers'>;
}

/** Alternatives of every token. */
const ALTERNATIVES = 5;

/** Where two texts part; -1 when the shorter one begins the longer, and both have ended or one was cut. */
function partingOf(again: string, answer: string): number {
  const common = Math.min(again.length, answer.length);
  for (let at = 0; at < common; at++) if (again[at] !== answer[at]) return at;
  return -1;
}

/** Index of the token in which the text at this place is; -1 for none. */
function tokenAt(tokens: readonly InspectedToken[], place: number): number {
  if (place < 0) return -1;
  return tokens.findIndex(
    ({ start }, index) => start <= place && place < (tokens[index + 1]?.start ?? Infinity),
  );
}

/** What servers answer that do not know of probabilities: they are no failures. */
const REFUSALS = [400, 404, 422, 501];
const isRefusal = ({ code, details }: WireError): boolean =>
  code === 'server-error' && REFUSALS.includes(Number(details.status));

/** One request of the answer once more. @returns false when it was stopped or failed */
async function writeAgain(
  background: Background,
  answerer: Answerer,
  turn: TurnRequest,
  options: BackgroundOptions,
): Promise<boolean> {
  // Work of the engine gives way to everything else that needs it.
  if (answerer.local) return (await background.write(turnRequest(turn, answerer.can), options)) !== null;
  try {
    const summary = await answerer.generate(turnRequest(turn, answerer.can), options);
    return summary.reason !== 'aborted';
  } catch (error) {
    options.onError?.(error);
    return false;
  }
}

/** What each request of an answer began with. */
function requestStarts(parts: readonly Part[]): Part[][] {
  const ends = parts.flatMap(({ type }, index) =>
    type === 'result' && parts[index + 1] && parts[index + 1].type !== 'result' ? [index + 1] : [],
  );
  return [[], ...ends.map((end) => parts.slice(0, end))];
}

/** The tokens of one run, and what differs from the answer. */
export class Run {
  readonly controller = new AbortController();
  readonly tokens: InspectedToken[] = [];
  private parts: Part[] = [];
  /** The server sends text without probabilities. */
  untold = false;
  error: WireError | null = null;

  /** The next request begins with these parts of the answer. */
  goOn(begun: Part[]): void {
    this.parts = begun;
  }

  constructor(
    readonly message: AssistantMessage,
    private readonly onServer: boolean,
    private readonly onToken: () => void,
  ) {}

  readonly options: BackgroundOptions = {
    signal: this.controller.signal,
    onEvent: (event) => {
      // The text of a token follows its probabilities; some tokens are parts of a character and bring none.
      if ('index' in event) this.parts = withPartEvent<Part>(this.parts, event);
      if (event.kind === 'part-delta') {
        this.untold ||= this.onServer && this.tokens.length === 0;
        if (this.untold) this.controller.abort();
      }
      if (event.kind !== 'logprobs') return;
      const { id, text, logprob, top } = event;
      this.tokens.push({ id, text, logprob, top, start: this.length });
      this.onToken();
    },
    onError: (reason) => (this.error = toWireError(reason)),
  };

  /** Characters written so far. */
  private get length(): number {
    return writtenText(this.parts).length;
  }

  /** @param finished the answer was written to its end */
  outcome(finished: boolean): Partial<Inspection> {
    const { error } = this;
    if (this.untold || (error && isRefusal(error))) return { status: 'untold' };
    const partsAt = tokenAt(this.tokens, partingOf(writtenText(this.parts), writtenText(this.message.parts)));
    return { status: error ? 'failed' : finished ? 'done' : 'stopped', partsAt, error };
  }
}

/**
 * Each request of the answer: the first from its start, the others from the results that they read.
 * @returns whether the answer was written to its end
 */
export async function writeRun(
  run: Run,
  { background, ports, tools }: RunParts,
  chat: Chat,
  answerer: Answerer,
): Promise<boolean> {
  const { made, seed, summary, parentId, parts, id: messageId } = run.message;
  const turn: TurnRequest = {
    systemPrompt: made?.systemPrompt ?? chat.systemPrompt,
    pictureTokens: made?.pictureTokens,
    history: pathTo(chat, parentId ?? ''),
    sampling: { ...ports.answering.sampling(chat.settings), ...made?.sampling, seed },
    maxTokens: summary?.newTokens || undefined,
    contextPolicy: 'drop-oldest',
    ...thinkingTokens(made ?? {}),
    topLogprobs: ALTERNATIVES,
    tools: made?.tools && tools.forAnswer(chat, answerer, { messageId, question: '', names: made.tools }),
  };
  for (const begun of requestStarts(parts)) {
    run.goOn(begun);
    if (!(await writeAgain(background, answerer, { ...turn, begun }, run.options))) return false;
  }
  return true;
}
