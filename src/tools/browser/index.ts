// The browser for the model, loaded with its first call.
export { browserTool, reachOf } from './tool';
