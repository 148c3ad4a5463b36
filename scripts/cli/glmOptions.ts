// Commands and options of the command line.
import { thinkingBudget } from '../../src/shared/thinking';
import { commandLine } from '../commandLine';

export const { values, positionals, refusal } = commandLine(
  `npm run --silent glm -- COMMAND MODEL.gguf [options]
  logits   --ids 1,2,3 [--greedy N] [--all]        top logits after the last id, as JSON
  tokenize --text "…"                              ids, as JSON; special tokens in the text stay text
  chat     --prompt "…" [--prompt "…" …] [--system "…"] [--max-tokens N] [--temperature 0] [--seed S]
           [--top-p P] [--top-k K] [--min-p P] [--repetition-penalty R]
           [--thinking off|short|normal|long|N] at most 0, 512, 2048, 8192 or N tokens of reasoning; default: as many as the model likes
  constrain --prompt "…" --schema FILE.json         an answer that is JSON of the schema; options of chat. Exit status 1
           when it is not valid: cut off, or against what no grammar can hold it to
  agent    --prompt "…" [--prompt "…" …] [--tools python,simple_browser,cogview,…] [--functions FILE.json]
           [--openapi FILE] [--mcp URL] a function's {{SECRET}} is the environment's variable of that name, a server's key GLM_MCP_KEY
           [--wiki URL] the browser searches this MediaWiki  [--cite] search before each answer  [--allow all]
           [--agent FILE.glmagent] its instructions, tools, functions, sampling and knowledge: a small base whole in the system
           turn, of a larger one passages in each question, which a step of kind sources names
           one line of JSON per step; without --allow all a call that asks is refused; options of chat. With --dawn the
           tools run in Chromium all the same
  bench    --prompt-tokens P --decode N [--repeat R]
  index    FILES… --out FILE.glmagent (no model)    an agent that knows the files; folders with all that they hold. What cannot
           be read is named on stderr and left out; exit status 1 when nothing could be read
  find     FILE.glmagent --question "…" [--top N]  (no model) its passages, best first: one line of JSON each. Default 8
           agent, index and find take --embedder FILE.gguf (multilingual-e5-small): vectors of the chunks beside the words
  probe    (no model) what this machine can do, and what that means for every model of the catalogue, as JSON
  wgsl     (no model) --list: the names of all kernel variants; wgsl NAME: the text of one, as the GPU's driver gets it
pictures:  chat, agent and logits take --image FILE, repeatable: in the first question, or between the tokens
           <|begin_of_image|> and <|end_of_image|> of --ids; [--picture-tokens N] largest size of each, default 1024;
           [--eyes FILE] the model's mmproj file, default the one beside the model
any:       [--dawn] Node through Dawn instead of Chromium  [--context N]  [--kv f16|f32|i8]
           [--cache DIR] keep the browser profile, so that the next start reads IndexedDB
The first part names a split model (-00001-of-000NN.gguf).`,
  {
    ids: { type: 'string' },
    greedy: { type: 'string' },
    all: { type: 'boolean' },
    schema: { type: 'string' },
    tools: { type: 'string' },
    functions: { type: 'string' },
    wiki: { type: 'string' },
    openapi: { type: 'string' },
    mcp: { type: 'string' },
    cite: { type: 'boolean' },
    agent: { type: 'string' },
    embedder: { type: 'string' },
    allow: { type: 'string' },
    text: { type: 'string' },
    out: { type: 'string' },
    question: { type: 'string' },
    top: { type: 'string' },
    prompt: { type: 'string', multiple: true },
    system: { type: 'string' },
    'max-tokens': { type: 'string' },
    temperature: { type: 'string' },
    'top-p': { type: 'string' },
    'top-k': { type: 'string' },
    'min-p': { type: 'string' },
    'repetition-penalty': { type: 'string' },
    seed: { type: 'string' },
    thinking: { type: 'string' },
    'prompt-tokens': { type: 'string' },
    decode: { type: 'string' },
    repeat: { type: 'string' },
    context: { type: 'string' },
    kv: { type: 'string' },
    cache: { type: 'string' },
    dawn: { type: 'boolean' },
    list: { type: 'boolean' },
    image: { type: 'string', multiple: true },
    eyes: { type: 'string' },
    'picture-tokens': { type: 'string' },
  },
);

/** An option that must be a finite number; undefined if absent. */
export function number(name: keyof typeof values): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (typeof text !== 'string' || text.trim() === '' || !Number.isFinite(value))
    throw refusal(`--${name} wants a number, not "${String(text)}"`);
  return value;
}

/** The budget of --thinking; undefined if absent. */
export function thinkingTokens(): number | undefined {
  const { thinking } = values;
  if (thinking === undefined) return undefined;
  const tokens = thinkingBudget(/^\d+$/.test(thinking) ? Number(thinking) : thinking);
  if (tokens === undefined)
    throw refusal(`--thinking wants off, short, normal, long or a number of tokens, not "${thinking}"`);
  return tokens;
}

/** @throws the refusal that names the option, where it is missing */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw refusal(`--${name} is missing`);
  return value;
}
