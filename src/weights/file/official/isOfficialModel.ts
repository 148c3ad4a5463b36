// Kept apart from openOfficialModel.ts, which loads when such a model is imported.

/** Whether these files form an original repository (rather than GGUF parts), judged by their names. */
export function isOfficialModel(files: readonly { name: string }[]): boolean {
  return files.some(({ name }) => /\.safetensors(\.index\.json)?$/i.test(name));
}
