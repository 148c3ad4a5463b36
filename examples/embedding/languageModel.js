/** A conversation of two turns, as with the browsers' built-in `LanguageModel`. */
export async function conversation(LanguageModel, show) {
  const session = await LanguageModel.create({
    initialPrompts: [{ role: 'system', content: 'Answer briefly.' }],
    temperature: 0,
    topK: 1,
    monitor: (m) =>
      m.addEventListener('downloadprogress', (event) => show(`${Math.round(event.loaded * 100)} %`)),
  });
  await session.prompt('What are you?');
  let text = '';
  for await (const piece of session.promptStreaming('Is this private?')) {
    text += piece;
    show(text);
  }
  const { inputUsage, inputQuota } = session;
  session.destroy();
  return { text, inputUsage, inputQuota };
}
