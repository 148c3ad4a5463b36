// Files inside a text, as base64: thousands of characters that tell a model nothing.

const DATA = /data:([a-z]+)\/[\w.+-]+(?:;[\w=.-]+)*;base64,[A-Za-z0-9+/=]{200,}/g;

/** The text with embedded pictures and other files replaced by a note. */
export const withoutEmbedded = (text: string): string =>
  text.replace(
    DATA,
    (data, kind: string) => `[${kind} of ${Math.round((data.length * 3) / 4000)} kB left out]`,
  );
