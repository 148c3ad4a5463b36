// Agents that come with the app, in both languages.
import type { AgentCard } from '../../knowledge/agentFile/card';
import { en } from './en';
import type { GalleryKey, GalleryText } from './types';
import { zh } from './zh';

/** Creative work gets a higher temperature, exact work a lower one; most agents take what the model recommends. */
const GALLERY = {
  translator: { avatar: '🌐', tools: [], sampling: { temperature: 0.3 } },
  papers: { avatar: '📄', tools: [], sampling: { temperature: 0.4 } },
  analyst: { avatar: '📊', tools: ['python'] },
  writing: { avatar: '✍️', tools: [] },
  review: { avatar: '🔍', tools: ['python'], sampling: { temperature: 0.3 } },
  chinese: { avatar: '🀄', tools: [] },
  maths: { avatar: '📐', tools: ['python'] },
  research: { avatar: '🧭', tools: ['simple_browser'] },
  minutes: { avatar: '🗒️', tools: [], sampling: { temperature: 0.3 } },
  interview: { avatar: '🤝', tools: [] },
  cook: { avatar: '🍲', tools: [] },
  artist: { avatar: '🎨', tools: ['cogview'], sampling: { temperature: 1 } },
} as const satisfies Record<
  GalleryKey,
  Pick<AgentCard, 'avatar' | 'sampling'> & { tools: readonly string[] }
>;

const TEXTS = { en, zh } satisfies Record<string, Record<GalleryKey, GalleryText>>;

const PREFIX = 'gallery-';

/** The agents of the gallery. @param language of their texts */
export const galleryAgents = (language: 'en' | 'zh'): { id: string; card: AgentCard }[] =>
  (Object.keys(GALLERY) as GalleryKey[]).map((key) => {
    const { avatar, tools, ...rest } = GALLERY[key];
    return {
      id: `${PREFIX}${language}-${key}`,
      card: { ...TEXTS[language][key], avatar, language, tools: [...tools], ...rest },
    };
  });

/** The agent of this id, if it is one of the gallery. */
export const agentOfGallery = (id: string): { id: string; card: AgentCard } | undefined =>
  id.startsWith(PREFIX)
    ? [...galleryAgents('zh'), ...galleryAgents('en')].find((agent) => agent.id === id)
    : undefined;
