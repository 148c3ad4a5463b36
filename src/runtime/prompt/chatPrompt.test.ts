// Which models are told of tools.
import { expect, it } from 'vitest';
import { modelFamily } from '../../model/modelFamily';
import { openTemplate } from '../../model/template/chatTemplate';
import { describeTools } from '../../model/template/toolTexts';
import golden from '../../model/template/golden/templates.json';
import type { ToolSpec } from '../../protocol/chat';
import { user } from '../../testing/chat';
import { fixtureMetadata } from '../../tokenizer/golden/fixture';
import { createTokenizer } from '../../tokenizer/tokenizer';
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
