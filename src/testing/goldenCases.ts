// The goldens: tiny models, and the outputs of llama.cpp and Hugging Face transformers for them.
// Twin: scripts/oracle/goldens.ts, which writes the files in golden/.
import { tinyModel, type TinyModel, type TinyModelSpec } from './tinyModel';

/** One oracle's answer as stored. */
interface StoredAnswer {
  /** Logits after the last prompt id, minus their mean: f32, little-endian, base64. */
  logits: string;
  greedy: number[];
  gaps: number[];
}

/** A file in golden/chatglm or golden/glm4. */
export interface StoredGolden {
  name: string;
  /** Generates the model file. */
  spec: TinyModelSpec;
  /** SHA-256 of the model file. */
  sha256: string;
  prompt: number[];
  /** The programs that produced `exact` and `llama`. */
  oracles: { exact: string; llama: string };
  exact: StoredAnswer;
  llama: StoredAnswer;
}

/** One oracle's answer to a prompt. */
export interface Answer {
  /** [V], minus their mean. */
  logits: Float32Array;
  /** The tokens of a greedy continuation. */
  greedy: number[];
  /** For each of those tokens, its logit minus that of the second best. */
  gaps: number[];
}

export interface GoldenCase {
  name: string;
  spec: TinyModelSpec;
  prompt: number[];
  oracles: { exact: string; llama: string };
  /** transformers in f32 on the dequantised weights: it rounds nothing, so it is exact for every tensor type. */
  exact: Answer;
  /** llama.cpp on the same file: for 16-bit and quantised types it also rounds activations. */
  llama: Answer;
  /** Generates the model file. @throws if it differs from the file that the oracles read. */
  model(): Promise<TinyModel>;
}

/** Every golden, by name. */
export function goldenCases(): GoldenCase[] {
  const files = import.meta.glob<StoredGolden>('./golden/*/*.json', { eager: true, import: 'default' });
  return Object.values(files).map(fromStored);
}

function fromStored({ name, spec, sha256, prompt, oracles, exact, llama }: StoredGolden): GoldenCase {
  return {
    name,
    spec,
    prompt,
    oracles,
    exact: { ...exact, logits: decodeFloats(exact.logits) },
    llama: { ...llama, logits: decodeFloats(llama.logits) },
    async model() {
      const model = tinyModel(spec);
      const found = await sha256Hex(model.bytes);
      if (found !== sha256)
        throw new Error(`${name}: the model file hashes to ${found}, the golden is of ${sha256}`);
      return model;
    },
  };
}

/** f32, little-endian, base64. */
export function encodeFloats(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return btoa(Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(''));
}

export function decodeFloats(base64: string): Float32Array {
  const view = new DataView(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
  return Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
