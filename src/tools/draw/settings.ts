// Endpoints that draw pictures and videos, as a person entered them. Keys are secrets: src/tools/http/secrets.ts.

export interface ImageEndpoint {
  /** Ends without a slash: 'https://open.bigmodel.cn/api/paas/v4'; '/images/generations' follows. */
  baseUrl: string;
  model: string;
  /** '1024x1024'; '' leaves it to the endpoint. */
  size: string;
  /** 'standard', 'hd' …; '' leaves it to the endpoint. */
  quality: string;
  /** Pictures a call; 1 is not sent: not every endpoint has it. */
  count: number;
  /** Asks for the picture itself and not for an address, which pages may not be able to read. */
  asksBase64: boolean;
  /** The endpoint takes a seed, beyond OpenAI's and BigModel's shape. */
  sendsSeed: boolean;
}

export interface VideoEndpoint {
  /** '/videos/generations' follows, and '/async-result/{id}'. */
  baseUrl: string;
  model: string;
  size: string;
  quality: string;
  withAudio: boolean;
}

export interface DrawSettings {
  images: ImageEndpoint | null;
  videos: VideoEndpoint | null;
}

export const NO_ENDPOINTS: DrawSettings = { images: null, videos: null };

export const IMAGE_KEY = 'IMAGES_KEY';
export const VIDEO_KEY = 'VIDEOS_KEY';
