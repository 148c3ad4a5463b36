// Python for the model, loaded with its first call.
export { installPython, pythonParts, type MissingParts, type PythonPart } from './install';
export { removeKept as removePython } from './fileStore';
export { pythonTool, type PythonOptions } from './tool';
