/** English texts about the chat's model and a full context. */
export const enDetails = {
  'overflow.title': 'This chat no longer fits the context',
  'overflow.text': 'With your question it has {prompt} {prompt:token|tokens}; the model holds {total}.',
  'overflow.drop': 'Leave out {count:the oldest turn|the oldest {count} turns}',
  'overflow.new': 'Start a new chat',
  'overflow.stop': 'Stop here',
  'overflow.policy': 'Change this in the settings',
  'dropped.turns':
    '{count:The oldest turn|The oldest {count} turns} no longer fit and {count:was|were} left out.',

  'chatModel.text': 'This chat was with {name}. {other} would answer now.',
  'chatModel.away': 'This chat was with {name}, which is no longer on this device. {other} would answer now.',
  'chatModel.load': 'Load {name}',
  'chatModel.find': 'Choose a model',
  'chatModel.keep': 'Go on with {name}',

  'about.open': 'About this answer',

  'slow.short': 'Why so slow?',
} as const;
