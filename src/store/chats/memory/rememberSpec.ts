import type { ToolSpec } from '../../../protocol/chat';

/** What a model is told of the tool that proposes a note. */
export const REMEMBER_SPEC: ToolSpec = {
  type: 'function',
  name: 'remember',
  description:
    'Propose a short note to remember in later chats: a lasting fact or wish of the user. The user sees it and decides.',
  parameters: {
    type: 'object',
    properties: { note: { type: 'string', description: 'One sentence, in the language of the user.' } },
    required: ['note'],
  },
};
