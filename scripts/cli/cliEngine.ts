import type { CallName, EngineCalls } from '../../src/protocol/calls';
import type { ModelSource } from '../../src/protocol/models';

/** The engine interface of the commands, in a browser or in Node. */
export interface CliEngine {
  /** The model as an argument of engine calls. */
  sourceOf(file: string): Promise<ModelSource>;
  call<K extends CallName>(
    name: K,
    args: EngineCalls[K]['args'],
    onEvent?: (event: EngineCalls[K]['event']) => void,
  ): Promise<EngineCalls[K]['result']>;
  close(): Promise<void>;
}
