// English texts of errors of the engine and the GPU.
import type { ErrorCode } from '../../../../shared/errors';
import { memoryIsHeld, type ErrorText } from './errorText';

export const engineErrors = {
  bug: {
    what: 'Something went wrong inside the app.',
    next: 'Try again. If it happens again, reload the page; your chats are kept.',
  },
  'part-missing': {
    what: 'A part of the app could not be loaded: {host} does not serve {file} as a script.',
    next: 'Reload the page; if it happens again, the host is set up wrongly. Your file is not the reason.',
  },
  'sandbox-file': {
    what: 'Code cannot run: {host} does not serve {file}, the cage for the code of tools.',
    next: 'Reload the page; if it happens again, the host is set up wrongly. Answers without code still work.',
  },
  'sandbox-header': {
    what: 'Code cannot run: this browser needs the header {header} for {file}, and {host} does not send it.',
    next: 'Reload the page: from the second visit on, the app adds the header itself. Or use a Chromium browser.',
  },
  'sandbox-silent': {
    what: 'Code cannot run: the cage for the code of tools did not start within {seconds} seconds.',
    next: 'Try again. If it happens again, an extension of the browser may block frames on this page.',
  },
  'python-missing': {
    what: 'Python cannot start: {host} does not serve {file}.',
    next: 'Check the connection, then reload the page. If it happens again, the host lacks a part of the app.',
  },
  'python-parts': {
    what: 'The code needs {parts}, which this app does not contain: {bytes} from {host}.',
    next: 'Allow the download and run the code again, or ask for an answer without it.',
  },
  'python-start': {
    what: 'Python did not start: {why}.',
    next: 'Try again. If it happens again, close other tabs to free memory, or restart the browser.',
  },
  'no-webgpu': {
    what: 'This browser does not offer WebGPU, which the model needs.',
    next: 'Use a current Chrome, Edge, Safari or Firefox, over https:// or on localhost.',
  },
  'no-adapter': {
    what: 'The browser found no graphics card it can use.',
    next: 'Turn on hardware acceleration in the browser settings, update the graphics driver and restart the browser.',
  },
  'limits-too-small': {
    what: 'This graphics card is too small for the model: {limit} is {available}, {needed} is needed.',
    next: 'Choose a smaller model, or use a computer with a larger graphics card.',
  },
  'device-lost': {
    what: 'The connection to the graphics card was lost, for example after sleep, a driver update or too little memory.',
    next: 'Reload the model; it comes from this browser’s storage. Your chats are kept.',
  },
  'engine-failed': {
    what: 'The engine stopped {tries} times in a row: {why}',
    next: 'Close other tabs and programs that use the graphics card, choose a smaller model, or reload the page. Your chats are kept.',
  },
  'engine-missing': {
    what: 'The engine’s script could not be loaded in {tries} attempts: {why}',
    next: 'Check the connection, then reload the page. Your chats are kept, and chats on a server work meanwhile.',
  },
  'engine-elsewhere': {
    what: 'A tab with another version of this app runs the engine.',
    next: 'Reload this tab and the other ones, or close the others.',
  },
  'out-of-gpu-memory': {
    what: 'The graphics card has too little free memory: the model needs {neededBytes}.',
    next: 'Close other programs and tabs that use the graphics card, or choose a smaller model.',
    instead: {
      when: memoryIsHeld,
      what: 'The graphics card has too little free memory: {neededBytes} is needed beside {resident}.',
      next: 'Unload a model that you do not need now, close other programs that use the graphics card, or choose a smaller model.',
    },
  },
  'kernel-wrong': {
    what: 'This graphics card computes wrongly in this browser: {device}, kernel {kernel}, off by {difference} where {allowed} is allowed. There is no other kernel of this kind that is right.',
    next: 'Try another browser or update the graphics driver, or let a server answer. Please report it: the button below copies all that a report needs.',
    instead: {
      when: ({ refused }) => refused === 'yes',
      what: 'This browser’s compiler refuses a kernel for the graphics card: {device}, kernel {kernel}. There is no other kernel of this kind that it takes.',
    },
  },
  'logits-not-finite': {
    what: 'The answer stopped after {tokens} {tokens:token|tokens}: the model’s output is no longer made of numbers. {device} computed wrongly, or the model’s weights are damaged.',
    next: 'What was written is kept. Answer again; if it stops again, check this device on the benchmark page, check the model’s files, use another browser, or let a server answer.',
  },
} satisfies Partial<Record<ErrorCode, ErrorText>>;
