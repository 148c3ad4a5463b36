// English texts of errors of storage, chats and questions.
import type { ErrorCode } from '../../../../shared/errors';
import { partsWereCounted, type ErrorText } from './errorText';

export const chatsErrors = {
  'storage-quota': {
    what: 'Not enough browser storage: {neededBytes} needed, {availableBytes} free.',
    next: 'Delete stored models you no longer use or free disk space, then try again.',
  },
  'storage-unavailable': {
    what: 'The browser does not let this page store data, perhaps because of a private window.',
    next: 'Chats and models are lost when the tab closes. Use a normal window to keep them.',
  },
  'storage-stuck': {
    what: 'The browser has not opened a part of this page’s storage ({name}) within {seconds} seconds.',
    next: 'Close all tabs of this page and open it again. Export what is unsaved before you do.',
  },
  'storage-blocked': {
    what: 'Another tab holds your chats with an older version of this page.',
    next: 'Close or reload the other tabs of this page; your chats then appear here.',
  },
  'storage-outdated': {
    what: 'A newer version of this page is open in another tab; this one can no longer save chats.',
    next: 'Reload this tab. What it has not saved is carried over.',
  },
  'chat-deleted': {
    what: 'This chat was deleted in another tab. What was written into it here since went with it.',
    next: 'Undo the deletion in the other tab, or begin a new chat.',
  },
  'import-too-large': {
    what: '{name} is too large to import: {sizeBytes}, the limit is {maxBytes}. Nothing was imported.',
    next: 'Export fewer chats at a time, or split the file.',
  },
  'import-unknown': {
    what: '{name} holds no chats this page knows. Nothing was imported.',
    next: 'Choose a JSON export of this page, or the .zip or conversations.json of a ChatGPT export.',
  },
  'import-damaged': {
    what: '{name} cannot be imported. At {where}: {why}. Nothing was imported.',
    next: 'Export the chats again, or correct the file at that place.',
  },
  'import-version': {
    what: '{name} was exported by a newer version of this page (form {found}, this one reads up to {supported}). Nothing was imported.',
    next: 'Reload the page to get its newest version, then import again.',
  },
  'cache-damaged': {
    what: 'The stored copy of the model is damaged (part {shard}).',
    next: 'Delete it under Models and load the model again from its file or address.',
    instead: {
      when: partsWereCounted,
      what: '{damaged} of {parts} stored {parts:part|parts} {damaged:is|are} damaged and cannot be fetched again now: the source is unknown or out of reach.',
      next: 'Go online and load again (only those parts are fetched), choose the model’s file again, or delete the model.',
    },
  },
  'context-full': {
    what: 'This chat has become too long: {promptTokens} {promptTokens:token|tokens}, and the model holds {contextTokens}.',
    next: 'Start a new chat, or shorten the message or the system prompt.',
  },
  'model-in-use': {
    what: 'Another tab is using or importing this model right now.',
    next: 'Close the other tab or wait until it is done, then try again.',
  },
  'no-model': {
    what: 'No model is loaded.',
    next: 'Choose a model first.',
  },
  'picture-unreadable': {
    what: 'A picture cannot be shown to the model: {why}.',
    next: 'Save it as PNG or JPEG, or make it smaller.',
  },
  'no-eyes': {
    what: '{model} could see pictures, but the file of its eyes (mmproj) is missing.',
    next: 'Add that file to the model, or leave the picture out.',
  },
  'eyes-alone': {
    what: '{name} holds only the eyes of a model.',
    next: 'Open it together with the model it belongs to.',
  },
  'eyes-unfit': {
    what: 'The eyes {eyes} do not fit {model}: {why}.',
    next: 'Take the mmproj file of the same model.',
  },
  'text-only': {
    what: 'This model reads text only, and the chat holds something else ({part}).',
    next: 'Leave it out, or choose another model.',
  },
  busy: {
    what: 'The model is still working on another answer.',
    next: 'Wait for it or stop it, then try again.',
  },
  'bad-request': {
    what: 'The setting “{field}” does not work: {why}.',
    next: 'Open the settings and change the value, or go back to the recommended values.',
  },
} satisfies Partial<Record<ErrorCode, ErrorText>>;
