// What an agent of the gallery says, in one language.
import type { AgentCard } from '../../knowledge/agentFile/card';

export type GalleryKey =
  | 'translator'
  | 'papers'
  | 'analyst'
  | 'writing'
  | 'review'
  | 'chinese'
  | 'maths'
  | 'research'
  | 'minutes'
  | 'interview'
  | 'cook'
  | 'artist';

export type GalleryText = Pick<AgentCard, 'name' | 'description' | 'instructions' | 'starters'> & {
  opening: string;
};
