/** Rows of the journal for real files. */
import * as fs from 'node:fs'
import { fromText } from '../../src/byte-path.ts'
import { type FileVersion, pendingUpload, type Upload } from '../../src/model.ts'

export function versionAt(root: string, name: string): FileVersion {
  const stat = fs.lstatSync(`${root}/${name}`, { bigint: true })
  return {
    root: fromText(root),
    path: fromText(`${root}/${name}`),
    dev: stat.dev,
    ino: stat.ino,
    sizeBytes: Number(stat.size),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
  }
}

export function uploadOf(file: FileVersion, change: Partial<Upload> = {}): Upload {
  return { ...pendingUpload(1, file), ...change }
}
