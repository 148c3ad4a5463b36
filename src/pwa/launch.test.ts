import { expect, test } from 'vitest';
import { readLaunch } from './launch';

test('recognises shortcuts and ignores other queries', () => {
  expect(readLaunch('?action=new')).toEqual({ action: 'new', handles: [] });
  expect(readLaunch('?action=models')).toEqual({ action: 'models', handles: [] });
  expect(readLaunch('?action=format-disk')).toEqual({ handles: [] });
  expect(readLaunch('')).toEqual({ handles: [] });
});

test('combines shared title, text and URL, each once', () => {
  expect(readLaunch('?title=GLM&text=%E4%BD%A0%E5%A5%BD&url=https%3A%2F%2Fexample.com%2F').text).toBe(
    'GLM\n你好\nhttps://example.com/',
  );
  // Android puts the URL into `text`, and some apps into both.
  expect(readLaunch('?text=https%3A%2F%2Fexample.com&url=https%3A%2F%2Fexample.com').text).toBe(
    'https://example.com',
  );
  expect(readLaunch('?text=%20%20').text).toBeUndefined();
});
