// Python's parts on this device, for the settings; the code comes with the first use.
import type { PythonPart } from '../tools/python';

export type { PythonPart } from '../tools/python';

const python = () => import('../tools/python');

/** All parts, Python itself first. @throws AppError python-missing */
export const pythonParts = async (): Promise<PythonPart[]> => (await python()).pythonParts();

/**
 * Downloads what is missing, and keeps it.
 * @throws AppError network, http-error, hash-mismatch, python-missing; the signal's reason
 */
export const installPython = async (
  onProgress: (progress: { doneBytes: number; totalBytes: number }) => void,
  signal: AbortSignal,
): Promise<void> => (await python()).installPython(onProgress, signal);

/** Deletes the downloaded parts. */
export const removePython = async (): Promise<void> => (await python()).removePython();
