/** Incremented whenever the bytes of a packed model change; a manifest with another version reads as absent. */
export const LAYOUT_VERSION = 1;
