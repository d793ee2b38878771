/** What was captured, whichever way it came: the facts about it, and readings or payloads. */
import { extensionFor } from '../../capture/extensions.ts'
import type { Decoded } from '../../wire/codec.ts'
import type { google, viam } from '../../wire/viam.js'
import { annotationsJson, type Json, parametersJson, timeText } from './json.ts'

/** What all readings of one upload share. */
export interface CaptureFacts {
  readonly partId: string
  readonly componentType: string
  readonly componentName: string
  readonly methodName: string
  readonly methodParameters: Json
  readonly tags: readonly string[]
  readonly datasetIds: readonly string[]
  readonly mimeType: string
  /** As it was recorded, or as the type of the content has it. */
  readonly extension: string
  readonly fileName: string
}

export interface ReadingTimes {
  readonly requested: string | null
  readonly received: string | null
  readonly annotations: Json
}

export interface TabularReading extends ReadingTimes {
  readonly struct: google.protobuf.IStruct
}

const LONGEST_EXTENSION = 32

/** With its dot, as part of a name; undefined where it cannot be one. */
export function extensionOf(given: string): string | undefined {
  if (given === '') return ''
  const extension = given.startsWith('.') ? given : `.${given}`
  const isUsable = /^\.[\w.+-]+$/.test(extension) && !extension.includes('..')
  return isUsable && extension.length <= LONGEST_EXTENSION ? extension : undefined
}

interface Described {
  readonly componentType: string
  readonly componentName: string
  readonly methodName: string
  readonly methodParameters: { readonly [key: string]: google.protobuf.IAny } | null | undefined
  readonly fileExtension: string
  readonly tags: readonly string[] | null | undefined
  readonly mimeType: string
}

interface Beside {
  readonly partId: string
  readonly tags?: readonly string[]
  readonly datasetIds: readonly string[]
  readonly fileName: string
}

export function factsOf(described: Described, beside: Beside): CaptureFacts {
  const { componentType, componentName, methodName, mimeType, tags } = described
  return {
    partId: beside.partId,
    componentType,
    componentName,
    methodName,
    methodParameters: parametersJson(described.methodParameters),
    tags: [...new Set([...(tags ?? []), ...(beside.tags ?? [])])],
    datasetIds: beside.datasetIds,
    mimeType,
    extension: extensionFor(mimeType, described.fileExtension),
    fileName: beside.fileName,
  }
}

type Metadata = Decoded<viam.app.datasync.v1.ISensorMetadata> | undefined

export const timesOf = (metadata: Metadata): ReadingTimes => ({
  requested: timeText(metadata?.timeRequested),
  received: timeText(metadata?.timeReceived),
  annotations: annotationsJson(metadata?.annotations),
})
