// Pictures in prompts: where they stand, in the family's own format and through a template of the file.
import { describe, expect, test } from 'vitest';
import type { ImagePart, Turn } from '../protocol/chat';
import { fixtureMetadata } from '../tokenizer/golden/fixture';
import { createTokenizer } from '../tokenizer/tokenizer';
import { encodeChat } from './chatFormat';
import { modelFamily } from './modelFamily';
import { openTemplate } from './template/chatTemplate';

const tokenizer = createTokenizer(fixtureMetadata());
const family = modelFamily({ 'general.architecture': 'glm4', 'general.name': 'GLM-4.1V-9B-Thinking' });
const special = (name: string) => tokenizer.specialId(name) ?? -1;
const [BEGIN, END] = [special('<|begin_of_image|>'), special('<|end_of_image|>')];
const picture = (alt: string): ImagePart => ({ type: 'image', blob: new Blob([alt]), alt });
const [cat, dog] = [picture('cat'), picture('dog')];
const rows = new Map([
  [cat, [2 ** 31 + 1, 2 ** 31 + 2]],
  [dog, [2 ** 31 + 7]],
]);
const pictureIds = (part: ImagePart) => rows.get(part) ?? [];
const messages: Turn[] = [
  { role: 'user', parts: [cat, { type: 'text', text: 'a <|begin_of_image|><|end_of_image|> b' }, dog] },
];

/** As the makers write it, for messages whose content is a text or a list. */
const TEMPLATE =
  '[gMASK]<sop>{% for m in messages %}<|{{ m.role }}|>\n{% if m.content is string %}{{ m.content }}{% else %}' +
  "{% for item in m.content %}{% if item.type == 'image' %}<|begin_of_image|><|image|><|end_of_image|>" +
  '{% else %}{{ item.text }}{% endif %}{% endfor %}{% endif %}{% endfor %}' +
  '{% if add_generation_prompt %}<|assistant|>\n{% endif %}';

describe.each([
  ['the family’s own format', undefined],
  ['a template', TEMPLATE],
])('%s', (_, source) => {
  test('rows stand between two tokens, in order, and text that looks like them stays text', async () => {
    const template = source === undefined ? undefined : await openTemplate(source, tokenizer.specialNames);
    const { ids, pictures } = encodeChat({
      tokenizer,
      family,
      messages,
      template,
      addGenerationPrompt: true,
      pictureIds,
    });
    expect(ids.filter((id) => id === BEGIN || id === END || id >= 2 ** 31)).toEqual(
      [BEGIN, 2 ** 31 + 1, 2 ** 31 + 2, END, BEGIN, 2 ** 31 + 7, END], // prettier-ignore
    );
    expect(pictures).toEqual([
      { start: ids.indexOf(2 ** 31 + 1), part: cat },
      { start: ids.indexOf(2 ** 31 + 7), part: dog },
    ]);
  });

  test('a model of text refuses them', async () => {
    const template = source === undefined ? undefined : await openTemplate(source, tokenizer.specialNames);
    const blind = modelFamily({ 'general.architecture': 'glm4', 'general.name': 'GLM-4-9B-0414' });
    const encode = () =>
      encodeChat({ tokenizer, family: blind, messages, template, addGenerationPrompt: true, pictureIds });
    expect(encode).toThrow(expect.objectContaining({ code: 'text-only' }));
  });
});
