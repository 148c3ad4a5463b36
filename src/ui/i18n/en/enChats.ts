/** English texts about chats: branches, the list, search, export and import. */
export const enChats = {
  'branch.label': 'Versions of this message',
  'branch.previous': 'Previous version',
  'branch.next': 'Next version',
  'branch.position': 'Version {index} of {count}',

  'message.edit': 'Edit question',
  'message.editLabel': 'Your question',
  'message.editSend': 'Send',
  'message.editCancel': 'Cancel',
  'message.editHint': 'The first version stays: the arrows below the message switch between them.',
  'message.copyQuestion': 'Copy question',
  'message.delete': 'Delete message and what follows',
  'message.continue': 'Continue',
  'message.attachments': 'Attached files',

  'chat.more': 'More for “{title}”',
  'chat.actions': 'Actions for “{title}”',
  'chat.rename': 'Rename',
  'chat.renameLabel': 'New title',
  'chat.pin': 'Pin',
  'chat.unpin': 'Unpin',
  'chat.pinned': 'Pinned',
  'chat.month': 'Previous 30 days',
  'chat.remove': 'Delete',

  'chat.exportMarkdown': 'Export as Markdown',
  'chat.exportJson': 'Export as JSON',

  'palette.title': 'Search and commands',

  'transfer.import': 'Importing chats…',
  'transfer.export': 'Writing the file…',
  'transfer.wipe': 'Deleting…',
  'transfer.imported':
    'Imported: {added} new {added:chat|chats} with {messages} {messages:message|messages}.',
  'transfer.extended': '{count} {count:chat was|chats were} completed.',
  'transfer.present': '{count} {count:was|were} already here.',

  'undo.chat': 'Deleted “{title}”',
  'undo.message': 'Message deleted',
  'undo.action': 'Undo',
  'agents.open': 'Agents',
} as const;
