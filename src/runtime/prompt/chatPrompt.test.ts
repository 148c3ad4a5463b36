// Prompts of whole files: which models are told of tools.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { modelFamily } from '../../model/modelFamily';
import { openTemplate } from '../../model/template/chatTemplate';
import { describeTools } from '../../model/template/toolTexts';
import golden from '../../model/template/golden/templates.json';
import type { ToolSpec } from '../../protocol/chat';
import { turnOf, user } from '../../testing/chat';
import { fixtureMetadata } from '../../tokenizer/golden/fixture';
import { createTokenizer } from '../../tokenizer/tokenizer';
import { readHeader } from '../../weights/file/ggufHeader';
import { bytesSource } from '../../weights/file/sources';
import { ChatPrompts } from './chatPrompt';

const tokenizer = createTokenizer(fixtureMetadata());
const PLAIN = golden.templates['glm-edge'].template;
const TOOLS = golden.templates['nano-tools'].template;
const CLOCK: ToolSpec = { type: 'function', name: 'now', description: 'The time.' };

it.each<[string, string | undefined, boolean, string?]>([
  ['GLM-4-9B-Chat', undefined, true],
  ['GLM-4-9B-Chat', TOOLS, true],
  ['LongWriter-GLM4-9B', undefined, false],
  ['GLM Nano', '[gMASK]<sop>' + PLAIN.replace(/\n\{% endif %\}$/, '{% endif %}'), false],
  ['GLM Nano', TOOLS, true],
  ['GLM-4-9B-Chat', PLAIN, false], // its generation prompt ends the header
])('%s, template %#: %s', async (name, source, knows) => {
  const template = source === undefined ? undefined : await openTemplate(source, tokenizer.specialNames);
  const family = modelFamily({ 'general.architecture': 'chatglm', 'general.name': name });
  const { answerStart = '' } = template ?? {};
  const prompts = new ChatPrompts(
    tokenizer,
    { ...family, format: { ...family.format, answerStart } },
    template,
    describeTools,
  );
  expect(prompts.knowsTools).toBe(knows);
  const messages = [user('q')];
  const text = tokenizer.decode(prompts.encode({ messages, tools: [CLOCK] }).ids);
  expect(text.includes('The time.')).toBe(knows);
  if (!knows) expect(prompts.encode({ messages, tools: [CLOCK] })).toEqual(prompts.encode({ messages }));
});

it('the built-in model’s template makes the prompts of its format', async () => {
  const { metadata } = await readHeader(bytesSource(readFileSync('public/models/nano.gguf')));
  const own = createTokenizer(metadata);
  const template = await openTemplate(String(metadata['tokenizer.chat_template']), own.specialNames);
  expect(template.answerStart).toBe('');
  const family = modelFamily(metadata);
  const messages = [
    turnOf('system', 'Be brief.'),
    user(' 你好\n'),
    turnOf('assistant', 'Hello!'),
    user('37 × 49?'),
  ];
  expect(new ChatPrompts(own, family, template).encode({ messages })).toEqual(
    new ChatPrompts(own, family).encode({ messages }),
  );
});
