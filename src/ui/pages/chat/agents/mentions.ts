// Agents that `@` offers in the message field.
import type { AppState } from '../../../../store';
import { galleryAgents, isPicture } from '../../../../store/agents';
import { AGENT_TEXTS } from '../../../i18n/agentTexts';
import type { Language } from '../../../i18n/format';
import type { Command } from '../composer/commands';

/** Agents whose name has the typed word, the user's own first. In an empty chat one begins a chat, else it answers a question. */
export function mentionsOf(word: string, state: () => AppState, language: Language): Command[] {
  const { agents, agentDesk, chats, currentId } = state();
  const own = agents.agents ?? [];
  const gallery = galleryAgents(language === 'en' ? 'en' : 'zh');
  const t = AGENT_TEXTS[language];
  const what = chats[currentId].messages.length > 0 ? t.callHint : t.startHint;
  const named = [...own, ...gallery].filter(({ card }) => card.name.toLowerCase().includes(word));
  return named.map(({ id, card: { name, avatar = '', description } }) => ({
    ...{ sign: '@', name: isPicture(avatar) ? name : `${avatar} ${name}`.trim() },
    what: description ? `${what} · ${description}` : what,
    run: () => void agentDesk.call(id),
  }));
}
