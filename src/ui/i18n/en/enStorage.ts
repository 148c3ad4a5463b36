/** Texts about what is stored: trouble, backups, persistence. */
export const enStorage = {
  'trouble.storage-unavailable':
    'The browser does not store your chats at the moment. This page keeps trying; leave it open.',
  'trouble.storage-quota':
    'There is no room left to store your chats. Free disk space or delete stored models; this page keeps trying.',
  'trouble.storage-blocked':
    'Another tab holds your chats with an older version of this page. Close or reload the other tabs; your chats then appear here.',
  'trouble.storage-outdated':
    'A newer version of this page is open in another tab; this one can no longer save chats. Reload it to go on.',
  'trouble.unsaved': '{count} {count:message is|messages are} not stored yet.',
  'transfer.mended':
    '{mended} damaged {mended:value was|values were} repaired, {leftOut} {leftOut:part|parts} could not be read.',
  'transfer.problems': 'What was damaged',
  'backup.keep':
    'Your chats are in this browser only, and it may delete them when the disk is full. Shall it keep them?',
  'backup.keepYes': 'Keep them',
  'backup.due': 'Your chats are in this browser only. The last backup is more than two weeks old.',
  'backup.now': 'Back up now',
  'backup.later': 'Not now',
  'backup.never': 'No backup has been made yet.',
  'backup.last': 'Last backup: {date}.',
  'backup.folder': 'Backups go into the folder “{folder}”.',
  'backup.choose': 'Choose a folder for backups…',
  'trouble.export': 'Export now',
  'trouble.reload': 'Reload',
} as const;
