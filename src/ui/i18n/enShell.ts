/** The app as an app: updates, installation. */
export const enShell = {
  'update.ready': 'A new version of the app is ready. Chats and models stay.',
  'update.waiting': 'The new version starts as soon as the model is done.',
  'update.now': 'Reload',
  'update.later': 'Later',
  'install.button': 'Install the app',
  'install.hint': 'Its own window, its own icon, works offline.',
};
