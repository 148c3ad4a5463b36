// One still of what the user chooses to show: the browser asks which tab, window or screen, and sharing ends at once.

export const canTakeScreenshots = (): boolean =>
  typeof (navigator.mediaDevices as MediaDevices | undefined)?.getDisplayMedia === 'function';

/** @returns a PNG of the full resolution; null when the user chose nothing. @throws what the browser says otherwise */
export async function takeScreenshot(): Promise<Blob | null> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
  } catch (error) {
    if (error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name)) return null;
    throw error;
  }
  const video = document.createElement('video');
  try {
    video.muted = true;
    video.srcObject = stream;
    await video.play(); // has its first frame
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    return await canvas.convertToBlob({ type: 'image/png' });
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
