/** What the other end is told of a file beside its bytes, by its path. Pure. */
import { type BytePath, components, parentOf, relativeTo, toText } from '../byte-path.ts'
import type { Content, FileVersion } from '../model.ts'

export interface Description {
  readonly content: Content
  readonly tags: readonly string[]
  readonly datasetIds: readonly string[]
  /** '' where there is none. */
  readonly partId: string
}

export type Describe = (file: Pick<FileVersion, 'root' | 'path'>) => Description

interface DescribeOptions {
  /** The directories of captured data. */
  readonly captureRoots: readonly BytePath[]
  /** The operator's words for every plain file. */
  readonly tags: readonly string[]
  readonly partId: string
}

const SEQUENCES = 'sequences'

function contentOf(file: Pick<FileVersion, 'root' | 'path'>, isCaptureRoot: boolean): Content {
  if (file.path.endsWith('.capture')) return 'capture'
  const [folder, name, ...deeper] = components(relativeTo(file.root, file.path) ?? ('' as BytePath))
  const isSequence = folder === SEQUENCES && name?.endsWith('.seq') && deeper.length === 0
  return isCaptureRoot && isSequence ? 'sequence' : 'file'
}

/** `name=value` for each directory above the file; values are trimmed, blank ones left out. */
function inferred(path: BytePath, name: 'tag' | 'dataset'): string[] {
  return components(parentOf(path)).flatMap((component) => {
    const text = toText(component)?.trim() ?? ''
    const value = text.startsWith(`${name}=`) ? text.slice(name.length + 1).trim() : ''
    return value === '' ? [] : [value]
  })
}

/** Captured data carries its tags within; only plain files get the operator's and the path's. */
export function createDescribe({ captureRoots, tags, partId }: DescribeOptions): Describe {
  return (file) => {
    const content = contentOf(file, captureRoots.includes(file.root))
    if (content !== 'file') return { content, tags: [], datasetIds: [], partId }
    return {
      content,
      tags: [...new Set([...tags, ...inferred(file.path, 'tag')])],
      datasetIds: [...new Set(inferred(file.path, 'dataset'))],
      partId,
    }
  }
}
