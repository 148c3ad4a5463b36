// What is known of kinds of servers.

/** Derived from `owned_by` of the server's models; 'other' is limited to the OpenAI API. */
export type ServerKind = 'llamacpp' | 'vllm' | 'sglang' | 'other';

/** Whether the server can continue a partial answer; others would begin a new one. */
export const continuesAnswers = (kind: ServerKind): boolean => kind !== 'other';
