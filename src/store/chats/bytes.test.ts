import { expect, test } from 'vitest';
import type { Part } from '../../protocol/chat';
import { withBytes, withEmptyBytes, withoutBytes } from './bytes';

test('a copy without bytes gets them back from what is stored, inside results too', async () => {
  const made: Part = {
    type: 'result',
    callId: 'c',
    observation: 'done',
    parts: [
      { type: 'text', text: 'out' },
      { type: 'image', blob: new Blob(['png']), alt: 'A plot' },
    ],
  };
  const parts: Part[] = [{ type: 'text', text: 'Hi' }, made];
  const copy = JSON.parse(JSON.stringify(parts.map(withoutBytes))) as Part[];
  const back = withBytes(copy, parts);
  expect(back).toEqual(parts);
  const picture = (list: Part[]) =>
    list[1].type === 'result' && list[1].parts[1].type === 'image' ? list[1].parts[1].blob : null;
  expect(await picture(back)?.text()).toBe('png');
  expect(picture(withBytes(copy, []))?.size).toBe(0);
  expect(picture(copy.map(withEmptyBytes))?.size).toBe(0);
});
