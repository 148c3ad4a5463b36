// Shaders are imported as text.
declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}

// Python and the worker that runs it: src/tools/python.
declare module '*.py?raw' {
  const source: string;
  export default source;
}
declare module '*/worker.js?raw' {
  const source: string;
  export default source;
}
declare module '*/matplotlibrc?raw' {
  const source: string;
  export default source;
}
