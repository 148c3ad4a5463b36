// The grammar of drawings with the real masks: it takes what models are taught, and refuses what could act.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { offerCommonJs } from '../../../scripts/commonJs';
import { answerGrammar } from '../../grammar/answerGrammar';
import { GrammarMasks } from '../../grammar/masks';
import { spellBytes } from '../../shared/byteAlphabet';
import { createTokenizer } from '../../tokenizer/tokenizer';
import { readHeader } from '../../weights/file/ggufHeader';
import { bytesSource } from '../../weights/file/sources';
import { SVG_GRAMMAR } from './svgGrammar';

test('drawings in words of the grammar pass, scripts and references do not', async () => {
  offerCommonJs();
  const nano = readFileSync('public/models/nano.gguf');
  const tokenizer = createTokenizer((await readHeader(bytesSource(nano))).metadata);
  const stop = tokenizer.specialId('<|user|>') as number;
  const ids = Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
  const tokens = ids.map((id) => (tokenizer.isSpecial(id) ? '' : spellBytes(tokenizer.decodeBytes([id]))));
  const masks = await GrammarMasks.open({ tokens, stops: [stop] });
  const { ebnf, start } = answerGrammar({ kind: 'ebnf', grammar: SVG_GRAMMAR }, false);
  const passes = async (svg: string) => {
    const matcher = await masks.matcher(ebnf, start);
    const passed = tokenizer.encode(svg).every((id) => matcher.accept(id)) && matcher.accept(stop);
    matcher.dispose();
    return passed;
  };
  const svg = (inner: string) => `<svg viewBox="0 0 100 100">${inner}</svg>`;
  for (const inner of [
    '<circle cx="50" cy="55" r="30" fill="gray"/><path d="M42 65 Q50 72 58 65" stroke="black" fill="none"/>',
    '<polygon points="25,45 30,15 50,30" fill="#ffcc00" stroke="red" stroke-width="2"/>',
    '<path d="M50 85 L15 48 Q15 20 50 38 Z" fill="red"/><path d="M50 10 A40 40 0 1 1 49 10" stroke="black" fill="none"/>',
    '<text x="50" y="50" font-size="12" text-anchor="middle" fill="blue">你好 GLM</text>',
  ])
    expect([inner, await passes(svg(inner))]).toEqual([inner, true]);
  for (const inner of [
    '',
    '<script>1</script>',
    '<image href="x"/>',
    '<circle cx="1" cy="1" r="1" onload="x"/>',
  ])
    expect([inner, await passes(svg(inner))]).toEqual([inner, false]);
});
