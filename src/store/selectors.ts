// What the user interface reads of more than one house: plain functions of the state.
import { callsTools } from '../agent/answerer';
import { isSmall } from '../agent/smallModel';
import type { AppState } from './appState';
import { samplingOf, settingsOf, type AnswerSettings, type FullSampling } from './answerSettings';
import { endsAtCall } from './chats/answers/answerProgress';
import { currentChat, shownMessages } from './chats/selectors';
import { continuesOn, wantsChosenTools } from './page/servers';
import type { Server } from './page/types';

/** The settings of a chat, by default of the current one: its own, or the defaults. */
export const answerSettings = (
  { preferences, chats, currentId }: Pick<AppState, 'preferences' | 'chats' | 'currentId'>,
  chatId = currentId,
): AnswerSettings => settingsOf(preferences, chats[chatId]?.settings);

/** Sampling parameters of the next answer. */
export const effectiveSampling = (
  state: Pick<AppState, 'preferences' | 'chats' | 'currentId' | 'model'>,
  chatId?: string,
): FullSampling => samplingOf(state.model.info, answerSettings(state, chatId));

/**
 * Why the current chat calls no tools: its answers have a form, the model knows none, or its context is too short. Servers
 * are told of tools.
 */
export function whyNoTools(state: AppState): 'form' | 'noModel' | 'short' | null {
  if (answerSettings(state).format) return 'form';
  const { info } = state.model;
  if (currentChat(state).server || !info || callsTools(info)) return null;
  return info.tools ? 'short' : 'noModel';
}

/** What answers the current chat may reason before it answers; servers do not tell. */
export const mayThink = (state: AppState): boolean =>
  currentChat(state).server !== undefined || state.model.info?.thinks === true;

/** The current chat's server is told only of tools that are chosen for the chat or in the settings. */
export function takesChosenTools(state: AppState): boolean {
  const { server } = currentChat(state);
  return server !== undefined && wantsChosenTools(state.servers.list, server);
}

/** The model in use is told of few functions at once: those nearest to the question. */
export const isSmallModel = (state: AppState): boolean =>
  !currentChat(state).server && isSmall(state.model.info);

/** The server that the current chat uses, if it is still there. */
export function serverOfChat(state: AppState): Server | null {
  const { server } = currentChat(state);
  return (server && state.servers.list.find(({ id }) => id === server.id)) ?? null;
}

/** Questions of the current chat can be answered, now or as soon as the model is there. */
export const canAsk = (state: AppState): boolean =>
  currentChat(state).server !== undefined || ['ready', 'loading', 'importing'].includes(state.model.status);

/** What answers the current chat is ready. */
export const canAnswer = (state: AppState): boolean =>
  !state.turn && (currentChat(state).server !== undefined || state.model.status === 'ready');

/** What answers the current chat can go on from the middle of an answer. */
export function continues(state: AppState): boolean {
  const { server } = currentChat(state);
  const last = shownMessages(state).at(-1);
  if (last?.role === 'assistant' && endsAtCall(last)) return true;
  return !server || continuesOn(state.servers.list, server);
}
