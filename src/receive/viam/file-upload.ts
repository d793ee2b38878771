/** FileUpload: a plain file, kept under its path. */
import type { Receipt } from '../../model.ts'
import { type Decoded, decoded } from '../../wire/codec.ts'
import type { google } from '../../wire/viam.js'
import { viam } from '../../wire/viam.js'
import { type Json, parametersJson, timeText } from '../captured/json.ts'
import type { Staging } from '../store.ts'
import { uploadPath } from './file-path.ts'
import {
  type CallContext,
  checkContent,
  checkWanted,
  decodeMessage,
  invalid,
  type Method,
  type ViamParts,
} from './method.ts'
import { requestId } from './requests.ts'
import { createStreamed, type Packet } from './streamed.ts'

const { DataType, FileUploadRequest, FileUploadResponse } = viam.app.datasync.v1

type Metadata = Decoded<viam.app.datasync.v1.IUploadMetadata>

function decode(message: Uint8Array): Packet<Metadata> {
  const { metadata, fileContents } = decodeMessage(() => FileUploadRequest.decode(message))
  return {
    metadata: metadata ? decoded(metadata as Metadata) : undefined,
    data: fileContents?.data ?? undefined,
  }
}

function check({ type, fileName, fileExtension }: Metadata): void {
  if (type !== DataType.DATA_TYPE_FILE) throw invalid('the type of a file upload is FILE')
  uploadPath(fileName, fileExtension, 'unnamed')
}

/** All that is told about an upload, with its keys in order. */
function metadataJson(metadata: Metadata): Json {
  return {
    part_id: metadata.partId,
    component_type: metadata.componentType,
    component_name: metadata.componentName,
    method_name: metadata.methodName,
    method_parameters: parametersJson(metadata.methodParameters),
    file_name: metadata.fileName,
    file_extension: metadata.fileExtension,
    tags: metadata.tags ?? [],
    dataset_ids: metadata.datasetIds ?? [],
    mime_type: metadata.mimeType,
    file_create_time: timeText(metadata.fileCreateTime),
    file_modify_time: timeText(metadata.fileModifyTime),
  }
}

const nanoseconds = (time: google.protobuf.ITimestamp) =>
  BigInt(time.seconds ?? 0) * 1_000_000_000n + BigInt(time.nanos ?? 0)

function publicationOf(context: CallContext, id: string, metadata: Metadata, storedMs: number) {
  const { fileName, fileExtension, fileCreateTime, fileModifyTime } = metadata
  const time = [fileModifyTime, fileCreateTime].find((one) => timeText(one) !== null)
  return {
    device: context.device,
    ledger: 'requests' as const,
    uploadId: id,
    generation: 0,
    bytes: undefined,
    metadata: {
      path: uploadPath(fileName, fileExtension, id),
      mtimeNs: time ? nanoseconds(time) : BigInt(Math.round(storedMs)) * 1_000_000n,
      tags: metadata.tags ?? [],
      content: 'file' as const,
      datasetIds: metadata.datasetIds ?? [],
      partId: metadata.partId,
    },
    details: {
      mimeType: metadata.mimeType,
      created: timeText(fileCreateTime) ?? undefined,
      modified: timeText(fileModifyTime) ?? undefined,
      partId: metadata.partId,
    },
  }
}

function createFinishing({ store, requests, clock }: ViamParts, context: CallContext) {
  const { device } = context
  return async (metadata: Metadata, staging: Staging): Promise<Uint8Array> => {
    const { digest, sha256 } = staging.digests()
    const sizeBytes = staging.sizeBytes()
    checkContent(context, sizeBytes, sha256)
    const id = requestId('FileUpload', metadataJson(metadata), sha256)
    await requests.once(device, id, async () => {
      checkWanted(context)
      staging.toPart(id)
      const about = publicationOf(context, id, metadata, clock.wallMs())
      const [outcome] = await store.publish([{ ...about, sizeBytes, digest, sha256 }])
      if (isReceipt(outcome)) return
      store.removePart(device, id)
      throw outcome
    })
    return FileUploadResponse.encode({ fileId: id, binaryDataId: id }).finish()
  }
}

const isReceipt = (outcome: Receipt | Error | undefined): outcome is Receipt =>
  outcome !== undefined && !(outcome instanceof Error)

export function fileUpload(parts: ViamParts): Method {
  return {
    path: '/viam.app.datasync.v1.DataSyncService/FileUpload',
    isOpenToAll: false,
    open: (context) =>
      createStreamed(parts, context, { decode, check, finish: createFinishing(parts, context) }),
  }
}
