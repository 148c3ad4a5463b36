/** English texts about updates and installation. */
export const enShell = {
  'update.ready': 'A new version of the app is ready. Chats and models stay.',
  'update.waiting': 'The new version starts as soon as the model is done.',
  'update.now': 'Reload',
  'update.later': 'Later',
  'part.missing': 'A part of the app could not be fetched. Reload the page to get the current version.',
  'part.offline':
    'A part of the app could not be fetched: the host does not answer. Text stays unformatted until it does.',
  'failed.title': 'This part of the page failed.',
  'failed.dialog': 'Something failed',
  'failed.body': 'The rest of the page works, and your chats are stored. Try again, or reload the page.',
  'failed.missing':
    'It could not be fetched: the host does not answer, or has a newer version. Try again, or reload the page.',
  'failed.export': 'Export my chats',
  'failed.exported': 'Your chats were saved as a file.',
  'failed.notExported': 'The browser gave no chats. Reload the page and try again.',
  'install.button': 'Install the app',
  'install.hint': 'Its own window, its own icon, works offline.',
};
