import { createGlm } from '../../dist-lib/glm.js';
import { completions } from './completions.js';
import { conversation } from './languageModel.js';

const show = (id) => (text) => (document.getElementById(id).textContent = text);
const status = show('status');

/** Any GGUF of the GLM-4 family; here the demo model of the app. */
const MODEL = new URL('../../public/models/nano.gguf', import.meta.url).href;

const glm = createGlm();
try {
  await glm.load(MODEL, {
    contextTokens: 512,
    onProgress: ({ phase, doneBytes, totalBytes }) => status(`${phase}: ${doneBytes} of ${totalBytes} bytes`),
  });
  await completions(glm, show('completion'));
  await conversation(glm.languageModel(MODEL), show('session'));
  status('Done');
} catch (error) {
  status(`${error.code}: ${error.message}`); // an AppError: code, message with numbers, details
}
// For the page's own console, and for its test.
Object.assign(window, { glm, MODEL, completions, conversation });
