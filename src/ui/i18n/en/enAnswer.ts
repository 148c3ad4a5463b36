/** English texts about answers: how they are shown. */
export const enAnswer = {
  'code.copy': 'Copy code',
  'code.copied': 'Copied',
  'code.plain': 'text',
  'markdown.image': 'Image: {alt}',
  'markdown.table': 'Table',
  'markdown.moreRows': 'Show more rows ({count} left)',
  'markdown.leaves': '(opens another site)',
  'source.one': 'Source {id}',
  'source.named': 'Source {id}: {label}',
  'source.doubtful': '{name}. The page may not say this.',
  'source.list': 'Sources',
  'thinking.now': 'Thinking',
  'thinking.nowTime': 'Thinking for {time}',
  'thinking.done': 'Thoughts',
  'thinking.doneTime': 'Thought for {time}',
  'call.tool': 'Tool: {tool}',
  'call.result': 'Result',
  'message.raw': 'Show as written',
  'message.formatted': 'Show formatted',

  'link.title': 'This link carries text',
  'link.body':
    'Opening it sends this text to {host}. This chat contains documents, and a document can make the model put its words into a link.',
  'link.stay': 'Stay here',
  'link.open': 'Open {host}',
} as const;
