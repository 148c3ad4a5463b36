/** One question through `chat.completions`, shown while it is answered. */
export async function completions(glm, show, signal) {
  const chunks = await glm.chat.completions.create(
    {
      messages: [{ role: 'user', content: 'What are you?' }],
      temperature: 0,
      max_tokens: 64,
      stream: true,
      stream_options: { include_usage: true },
    },
    { signal },
  );
  let text = '';
  let usage;
  for await (const chunk of chunks) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
    show(text);
  }
  return { text, usage };
}
