/** What was captured, whichever way it came: the facts about it, and readings or payloads. */
import { Undecodable } from '../../errors.ts'
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
  /** With its dot, or ''. */
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

/** Known types say which extension; the recorded one serves for the others. */
const EXTENSIONS: Readonly<{ [mimeType: string]: string }> = {
  'image/jpeg': '.jpeg',
  'image/png': '.png',
  'image/vnd.viam.dep': '.dep',
  'image/vnd.viam.rgba': '.rgba',
  'pointcloud/pcd': '.pcd',
  'video/mp4': '.mp4',
  'audio/wav': '.wav',
  'audio/mpeg': '.mp3',
}
const LONGEST_EXTENSION = 32

/** An extension that can be part of a name. Fails with `Undecodable`. */
export function extensionOf(given: string): string {
  if (given === '') return ''
  const extension = given.startsWith('.') ? given : `.${given}`
  if (!/^\.[\w.+-]+$/.test(extension) || extension.includes('..')) {
    throw new Undecodable('the file extension is none')
  }
  if (extension.length > LONGEST_EXTENSION) throw new Undecodable('the file extension is too long')
  return extension
}

export const extensionFor = (mimeType: string, recorded: string) => EXTENSIONS[mimeType] ?? recorded

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

/** Fails with `Undecodable`. */
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
    extension: extensionFor(mimeType, extensionOf(described.fileExtension)),
    fileName: beside.fileName,
  }
}

type Metadata = Decoded<viam.app.datasync.v1.ISensorMetadata> | undefined

export const timesOf = (metadata: Metadata): ReadingTimes => ({
  requested: timeText(metadata?.timeRequested),
  received: timeText(metadata?.timeReceived),
  annotations: annotationsJson(metadata?.annotations),
})
