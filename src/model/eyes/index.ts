// The eyes of a model: an image tower with its merger. Loads with the first file of eyes or the first picture.
export * from './activations';
export { patchAngles } from './angles';
export { readEyesConfig, type EyesConfig } from './config';
export { recordTower, type EyesModel } from './forward';
export { decodePicture } from './pixels/decodePicture';
export { patchGrid, patchRows } from './pixels/patches';
export { pillowResize, type Pixels } from './pixels/pillowResize';
export { mergedGrid, smartResize, type PictureLimits, type Size } from './pixels/smartResize';
export { bindEyes, PATCH_ROW, planEyes } from './tensors';
