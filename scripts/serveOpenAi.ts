// A server to try a chat with: npm run --silent openai-server -- [model.gguf]
import { startOpenAiServer } from './openaiServer';

const [model] = process.argv.slice(2).filter((arg) => arg !== '--');
const { baseUrl, key } = await startOpenAiServer(model);
console.log(JSON.stringify({ baseUrl, key }));
