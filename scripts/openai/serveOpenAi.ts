// Starts a server for trying a chat with it.
import { commandLine } from '../commandLine';
import { startOpenAiServer } from './openaiServer';

const [model] = commandLine('npm run --silent openai-server -- [MODEL.gguf]', {}).positionals;
const { baseUrl, key } = await startOpenAiServer(model);
console.log(JSON.stringify({ baseUrl, key }));
