// What a model is told of drawing, known before its code is loaded. GLM-4's own template describes cogview in its own words.
import type { ToolSpec } from '../../protocol/chat';

export const COGVIEW_SPEC: ToolSpec = {
  type: 'cogview',
  name: 'cogview',
  description: 'Draws a picture from a description in words, and shows it to the user.',
};

export const VIDEO_SPEC: ToolSpec = {
  type: 'function',
  name: 'generate_video',
  description: 'Makes a short video from a description in words, and shows it to the user. It takes minutes.',
  parameters: {
    type: 'object',
    properties: { prompt: { type: 'string', description: 'What the video shows', maxLength: 512 } },
    required: ['prompt'],
  },
};
