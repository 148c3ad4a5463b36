// An agent tried beside its form: questions and answers that belong to no chat.
import { systemText } from '../../../agents/agent';
import type { Background } from '../../../agent/background';
import { isSmall } from '../../../agent/smallModel';
import { turnRequest } from '../../../agent/turnRequest';
import type { Part, Turn } from '../../../protocol/chat';
import { textOf, withPartEvent } from '../../../shared/parts';
import type { ChatsPorts } from '../../ports';
import type { AgentDesk } from './desk';
import { agentSettings, citations, searchText } from './turn';
import type { Trial, TrialTurn } from './types';

const turn = (role: 'user' | 'assistant', parts: Part[]): Turn => ({ role, parts });
const text = (words: string): Part => ({ type: 'text', text: words });

/** Tools are not part of a trial: their calls need a chat. @returns null when something else needed the model */
export async function tryOut(
  { card, id, before, question, signal, onText }: Trial,
  {
    desk,
    background,
    ports,
  }: { desk: AgentDesk; background: Background; ports: Pick<ChatsPorts, 'answering' | 'model'> },
): Promise<TrialTurn | null> {
  const info = ports.model.info();
  if (!info) return null;
  const small = isSmall(info);
  const earlier = before.flatMap((one) => [
    turn('user', [text(one.question)]),
    turn('assistant', [text(one.answer)]),
  ]);
  const asked = turn('user', [text(question)]);
  const found = id === undefined ? [] : await desk.knowledge.passages(id, searchText([...earlier, asked]), 6);
  const passages = citations(found, [...earlier, asked], { small, contextTokens: info.contextTokens });
  const settings = agentSettings(card, ports.answering.settings(undefined));
  const knows = found.length > 0;
  const request = turnRequest(
    {
      systemPrompt: small && knows ? '' : systemText(card, knows),
      history: [...earlier, turn('user', [...passages, text(question)])],
      sampling: { ...ports.answering.sampling(settings), seed: Math.floor(Math.random() * 2 ** 32) },
      contextPolicy: 'drop-oldest',
    },
    { images: false },
  );
  let parts: readonly Part[] = [];
  let failure: unknown;
  const answer = await background.write(request, {
    signal,
    onEvent: (event) => {
      if (!('index' in event)) return;
      parts = withPartEvent<Part>(parts, event);
      onText(textOf(parts));
    },
    onError: (error) => (failure = error),
  });
  if (failure) throw failure;
  return answer === null ? null : { question, answer, passages: found.slice(0, passages.length) };
}
