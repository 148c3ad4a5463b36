// Who answers a chat: the engine on this computer, or the server that was chosen for it.
import { engineAnswerer, serverAnswerer, type Answerer } from '../../../agent/answerer';
import type { EngineClient } from '../../../client/engineClient';
import type { ChatsPorts } from '../../ports';
import type { ChatRow } from '../types';

/** @throws AppError 'server-gone' when the server of the chat was removed */
export type AnswererOf = (chat: Pick<ChatRow, 'server' | 'settings'>) => Promise<Answerer>;

export function answererOf(
  client: Pick<EngineClient, 'call'>,
  { model, servers }: Pick<ChatsPorts, 'model' | 'servers'>,
): AnswererOf {
  const engine = engineAnswerer(client, model);
  return async ({ server, settings }) =>
    server ? serverAnswerer(await servers.choice(server, settings)) : engine;
}
