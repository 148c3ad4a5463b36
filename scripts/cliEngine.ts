import type { CallName, EngineCalls } from '../src/protocol/calls';
import type { ModelSource } from '../src/protocol/models';

/** The engine as the commands see it, wherever it runs. */
export interface CliEngine {
  /** The model as the engine's calls name it. */
  sourceOf(file: string): Promise<ModelSource>;
  call<K extends CallName>(
    name: K,
    args: EngineCalls[K]['args'],
    onEvent?: (event: EngineCalls[K]['event']) => void,
  ): Promise<EngineCalls[K]['result']>;
  close(): Promise<void>;
}
