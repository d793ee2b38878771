/** What a known type of content says of a file's extension. Pure. */

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpeg',
  'image/png': '.png',
  'image/vnd.viam.dep': '.dep',
  'image/vnd.viam.rgba': '.rgba',
  'pointcloud/pcd': '.pcd',
  'video/mp4': '.mp4',
  'audio/wav': '.wav',
  'audio/mpeg': '.mp3',
}

/** A known type decides, whatever was recorded; the recorded one serves for the others. */
export const extensionFor = (mimeType: string, recorded: string): string =>
  Object.hasOwn(EXTENSIONS, mimeType) ? (EXTENSIONS[mimeType] ?? recorded) : recorded
