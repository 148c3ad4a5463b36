// One tab at a time changes what an agent knows: each step builds on the base before it, and the last one written would win.

/**
 * Runs `work` while no other tab runs any for the same agent; browsers without locks run it at once.
 * @throws the signal's reason, while it waits
 */
export function alone<T>(agentId: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
  if (!locks) return work();
  return locks.request(`glm-agent ${agentId}`, { ...(signal && { signal }) }, work) as Promise<T>;
}
