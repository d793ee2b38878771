/** Under which path a plain file of Viam's protocol is kept. */
import { fromText } from '../../byte-path.ts'
import { extensionOf } from '../captured/capture.ts'
import { pathProblem } from '../names.ts'
import { invalid } from './method.ts'

/** For files whose senders do not say where they stood. */
const UPLOADS = '/uploads/'

/** `stem` serves where the file has no name. Throws `Refusal` for what is no path. */
export function uploadPath(fileName: string, fileExtension: string, stem: string) {
  const extension = extensionOf(fileExtension)
  if (extension === undefined) throw invalid('the file extension is none')
  const isAbsolute = fileName.startsWith('/')
  const name = fileName === '' ? stem : fileName
  const whole = name.endsWith(extension) ? name : `${name}${extension}`
  const path = fromText(isAbsolute ? fileName : `${UPLOADS}${whole}`)
  const problem = pathProblem(path)
  if (problem !== '') throw invalid(problem)
  return path
}
