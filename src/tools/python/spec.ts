// What a model is told of Python, known before its code is loaded.
import type { ToolSpec } from '../../protocol/chat';

/** Packages that code may import besides the standard library. */
export const MODULES = 'numpy, pandas, matplotlib, scipy, sympy';

export const PYTHON_SPEC: ToolSpec = {
  type: 'python',
  name: 'python',
  description:
    'Runs Python code and returns its output. Variables are kept between calls; files are in /mnt/data. ' +
    `${MODULES} can be imported. There is no network.`,
};
