import { describe, expect, test } from 'vitest';
import { splitBlocks, type Block } from './blocks';

const blocksOf = (text: string): Block[] => splitBlocks(text, false).blocks;
const kinds = (text: string) => blocksOf(text).map((block) => block.kind);

describe('blocks', () => {
  test('blank lines separate paragraphs; headings are blocks of their own; lists stay whole', () => {
    expect(blocksOf('# A\nb\nc\n\n- d\n\n- e\n\n  f\n\ng')).toEqual([
      { kind: 'text', text: '# A' },
      { kind: 'text', text: 'b\nc' },
      { kind: 'text', text: '- d\n\n- e\n\n  f' },
      { kind: 'text', text: 'g' },
    ]);
  });

  test('fenced code keeps everything in it, also blank lines and what looks like Markdown', () => {
    expect(blocksOf('a\n```py\n# x\n\n| a |\n``\n```\nb')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'code', language: 'py', code: '# x\n\n| a |\n``' },
      { kind: 'text', text: 'b' },
    ]);
    expect(blocksOf('~~~~\n```\n~~~~')).toEqual([{ kind: 'code', language: '', code: '```' }]);
    expect(blocksOf('```js {1,3}\nx')).toEqual([{ kind: 'code', language: 'js', code: 'x' }]);
  });

  test('code in a list item belongs to it', () => {
    expect(kinds('1. a\n   ```py\n   x\n\n   y\n   ```\n2. b')).toEqual(['text']);
    expect(kinds('1. a\n```py\nx\n```\n2. b')).toEqual(['text', 'code', 'text']);
  });

  test('a long list continues in another block with its numbering', () => {
    const items = Array.from({ length: 100 }, (_, i) => `${i + 1}. ${'word '.repeat(20)}`);
    const blocks = blocksOf(items.join('\n'));
    expect(blocks.length).toBeGreaterThan(1);
    expect(blocks.map((block) => block.kind === 'text' && block.text).join('\n')).toBe(items.join('\n'));
  });

  test('display math, on one line or on many', () => {
    expect(blocksOf('a\n$$x^2$$\n$$\ny\n$$\n\\[\nz\n\\]')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'math', tex: 'x^2' },
      { kind: 'math', tex: 'y' },
      { kind: 'math', tex: 'z' },
    ]);
    expect(kinds('$$x$$ and $$y$$')).toEqual(['text']);
    expect(kinds('costs $$')).toEqual(['text']);
  });

  test('a table begins at its header row, even directly below a sentence', () => {
    expect(blocksOf('See:\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\nend')).toEqual([
      { kind: 'text', text: 'See:' },
      { kind: 'table', head: '| a | b |\n|---|:-:|', rows: ['| 1 | 2 |'] },
      { kind: 'text', text: 'end' },
    ]);
    expect(kinds('a | b\n---')).toEqual(['text']); // one column in the rule: a heading
  });

  test('footnotes and link definitions are separated', () => {
    const { blocks, footnotes, definitions } = splitBlocks(
      'a[^1] [b]\n\n[^1]: note\n  goes on\n[^two]: more\n\n[b]: https://example.org "B"',
      false,
    );
    expect(blocks).toEqual([{ kind: 'text', text: 'a[^1] [b]' }]);
    expect([...footnotes]).toEqual([
      ['1', 'note goes on'],
      ['two', 'more'],
    ]);
    expect([...definitions]).toEqual([['b', '[b]: https://example.org "B"']]);
  });
});

describe('while it is written', () => {
  test('holds back lines that may still change', () => {
    expect(splitBlocks('a\n\n```p', true).blocks).toEqual([{ kind: 'text', text: 'a' }]);
    expect(splitBlocks('```py\nx\n``', true).blocks).toEqual([{ kind: 'code', language: 'py', code: 'x' }]);
    expect(splitBlocks('$$\nx', true).blocks).toEqual([{ kind: 'math', tex: '' }]);
  });

  test('only the last block is open', () => {
    expect(splitBlocks('a\n\nb', true).openEnd).toBe(true);
    expect(splitBlocks('a\n\n```\nb\n```\n', true).openEnd).toBe(false);
    expect(splitBlocks('a\n\nb', false).openEnd).toBe(false);
  });

  test('settled blocks stay as they are', () => {
    const text =
      '# T\n\n1. a\n\n2. b\n\ntext `x`\n\n```js\nlet a;\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n$$\nx\n$$\n\nend';
    const whole = splitBlocks(text, false).blocks;
    for (let length = 1; length <= text.length; length++) {
      const { blocks, openEnd } = splitBlocks(text.slice(0, length), true);
      const settled = openEnd ? blocks.slice(0, -1) : blocks;
      // A list may be joined by another item after a blank line: it settles when something else follows.
      expect(whole.slice(0, settled.length)).toEqual(settled);
    }
  });
});
