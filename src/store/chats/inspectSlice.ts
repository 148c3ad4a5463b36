import type { Background, BackgroundOptions } from '../../agent/background';
import { runTurn, turnRequest, type TurnRequest } from '../../agent/runTurn';
import { serverClient, type ServerChoice } from '../../servers/serverClient';
import { toWireError, type WireError } from '../../shared/errors';
import type { AppState, SliceMaker } from '../appState';
import type { InspectSlice } from './state';
import { gatherParts } from './answerProgress';
import { toChatTurn } from './chatTurns';
import { createFrameBatch } from './frameBatch';
import { hostOf } from './answerRecord';
import { writtenText } from './partText';
import { pathTo } from './tree';
import type { AssistantMessage, InspectedToken, Inspection } from './types';

/** Of every token. */
const ALTERNATIVES = 5;

export const aboutMessage = ({
  about,
  chats,
}: Pick<AppState, 'about' | 'chats'>): AssistantMessage | null => {
  const message = about && chats[about.chatId]?.messages.find(({ id }) => id === about.messageId);
  return message?.role === 'assistant' ? message : null;
};

/** Turns that were left out of the answer before this one. */
export function droppedBefore(
  { chats, currentId }: Pick<AppState, 'chats' | 'currentId'>,
  { parentId }: AssistantMessage,
): number {
  const before = pathTo(chats[currentId], parentId ?? '').findLast(({ role }) => role === 'assistant');
  return before?.role === 'assistant' ? (before.summary?.droppedTurns ?? 0) : 0;
}

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

/** The answer once more. @returns null when it was stopped or failed */
async function writeAgain(
  background: Background,
  choice: ServerChoice | null,
  turn: TurnRequest,
  options: BackgroundOptions,
): Promise<string | null> {
  if (!choice) return background.write(turnRequest(turn), options);
  try {
    const { text, summary } = await runTurn(serverClient(choice), turn, options);
    return summary.reason === 'aborted' ? null : text;
  } catch (error) {
    options.onError?.(error);
    return null;
  }
}

export const createInspectSlice: SliceMaker<InspectSlice> = (set, get, { background, ports }) => {
  let controller: AbortController | null = null;
  return {
    about: null,
    inspection: null,

    openAbout(messageId) {
      const { currentId, inspection } = get();
      if (inspection?.messageId !== messageId) {
        controller?.abort();
        set({ inspection: null });
      }
      set({ about: { chatId: currentId, messageId } });
      ports.page.openAbout();
    },

    async inspect() {
      const { about, chats, model, turn } = get();
      const message = aboutMessage(get());
      if (!about || !message || turn || (!message.server && model.status !== 'ready')) return;
      controller?.abort();
      const own = (controller = new AbortController());
      const { made, seed, summary, id } = message;
      const tokens: InspectedToken[] = [];
      const gathered = gatherParts([]);
      let text = '';
      let untold = false;
      const base = { messageId: id, total: summary?.newTokens ?? 0 };
      const show = (more: Partial<Inspection>) => {
        if (controller === own)
          set({
            inspection: {
              ...base,
              tokens: [...tokens],
              status: 'running',
              partsAt: -1,
              error: null,
              ...more,
            },
          });
      };
      const batch = createFrameBatch(() => show({}));
      show({});
      const history = pathTo(chats[about.chatId], message.parentId ?? '').map(toChatTurn);
      let error: WireError | null = null;
      const onError = (reason: unknown) => (error = toWireError(reason));
      let choice: ServerChoice | null = null;
      const { server, settings } = chats[about.chatId];
      try {
        choice = message.server && server ? await ports.servers.choice(server, settings) : null;
      } catch (reason) {
        onError(reason);
        return show({ status: 'failed', error });
      }
      // The chat goes to no other server for this.
      if (message.server && (!choice || hostOf(choice) !== message.server)) return set({ inspection: null });
      const done = await writeAgain(
        background,
        choice && { ...choice, sampling: made?.sampling ?? choice.sampling },
        {
          systemPrompt: made?.systemPrompt ?? chats[about.chatId].systemPrompt,
          history,
          sampling: { ...ports.answering.sampling(settings), ...made?.sampling, seed },
          maxTokens: summary?.newTokens || undefined,
          contextPolicy: 'drop-oldest',
          topLogprobs: ALTERNATIVES,
        },
        {
          signal: own.signal,
          onEvent: (event) => {
            // The text of a token follows its probabilities; some tokens are parts of a character and bring none.
            if (event.kind === 'text') {
              text = writtenText(gathered.add(event.text, 0));
              untold ||= choice !== null && tokens.length === 0;
              if (untold) own.abort();
            }
            if (event.kind !== 'logprobs') return;
            const { id: tokenId, text: piece, logprob, top } = event;
            tokens.push({ id: tokenId, text: piece, logprob, top, start: text.length });
            batch.request();
          },
          onError,
        },
      ).finally(() => batch.cancel());
      if (untold || (error && isRefusal(error))) return show({ status: 'untold' });
      const partsAt = tokenAt(tokens, partingOf(text, writtenText(message.parts)));
      show({ status: error ? 'failed' : done === null ? 'stopped' : 'done', partsAt, error });
    },

    stopInspection: () => controller?.abort(new DOMException('Stopped', 'AbortError')),
  };
};
