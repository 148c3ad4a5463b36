// In a file of its own: the library starts once in each.
import { beforeAll, expect, test } from 'vitest';
import { offerCommonJs } from '../../scripts/commonJs';
import { GrammarMasks } from './masks';

beforeAll(offerCommonJs);

test('two vocabularies that are prepared at once, first of all, both give masks', async () => {
  const tokens = ['a', 'b', ''];
  const open = () => GrammarMasks.open({ tokens, stops: [2] });
  const both = await Promise.all([open(), open()]);
  const matchers = await Promise.all(both.map((masks) => masks.matcher('root ::= "b"')));
  for (const matcher of matchers) {
    expect((await matcher.mask())[0] & 0b111).toBe(0b010);
    expect(matcher.accept(1)).toBe(true);
    expect((await matcher.mask())[0] & 0b111).toBe(0b100);
  }
});
